//! Key files: every form that is read, and the name of every one that is not.

use super::key_forms::{base64, der, forms, leak};
use super::testing::{key, pem};
use super::{KeyDamage, KeyFileError, Scheme, SigningKey, VerifyingKey, v1};
use crate::hex;

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("testdata/", $name)).as_slice()
    };
}

#[test]
fn private_keys_are_read_in_every_form() {
    let same = [
        (Scheme::Ecdsa256, data!("forms/ecdsa256-pkcs8.pem")),
        (
            Scheme::Ecdsa256,
            data!("forms/ecdsa256-parameters-first.pem"),
        ),
        (Scheme::Rsa3072, data!("forms/rsa3072-pkcs8.pem")),
    ];
    for (scheme, file) in same {
        let read = SigningKey::from_pem(file).unwrap();
        assert_eq!(read.verifying_key(), key(scheme).verifying_key());
    }
    for scheme in Scheme::ALL {
        assert_eq!(key(scheme).scheme(), scheme);
        let crlf = String::from_utf8_lossy(pem(scheme)).replace('\n', "\r\n");
        assert!(SigningKey::from_pem(crlf.as_bytes()).is_ok());
        let written = key(scheme).to_pem().unwrap();
        let (_, original) = std::str::from_utf8(pem(scheme))
            .unwrap()
            .split_once('\n')
            .unwrap();
        assert_eq!(written, original, "as espsecure writes it");
    }
}

#[test]
fn public_keys_are_read_in_every_form() {
    let same = [
        (Scheme::Ecdsa256, data!("forms/ecdsa256-public.pem")),
        (Scheme::Rsa3072, data!("forms/rsa3072-public.pem")),
        (Scheme::Rsa3072, data!("forms/rsa3072-pkcs1-public.pem")),
    ];
    for (scheme, file) in same {
        let public = key(scheme).verifying_key();
        assert_eq!(VerifyingKey::from_pem(file).as_ref(), Ok(&public));
        let refused = SigningKey::from_pem(file).unwrap_err();
        assert!(
            matches!(refused, KeyFileError::Public { at: 60 }),
            "{refused}"
        );
    }
    for scheme in Scheme::ALL {
        let public = key(scheme).verifying_key();
        assert_eq!(VerifyingKey::from_pem(pem(scheme)).as_ref(), Ok(&public));
        let written = public.to_pem().unwrap();
        assert_eq!(VerifyingKey::from_pem(written.as_bytes()), Ok(public));
    }
}

#[test]
fn every_other_file_is_named() {
    // The first line of each file has 60 bytes with its end.
    let at = 60;
    let rsa_size = KeyFileError::RsaSize { bits: 2048 };
    let curve = KeyFileError::Curve { name: "NIST P-521" };
    let algorithm = KeyFileError::Algorithm { name: "Ed25519" };
    let request = KeyFileError::Label {
        at,
        label: "CERTIFICATE REQUEST",
    };
    let table = [
        (data!("refused/rsa2048.pem"), rsa_size),
        (data!("refused/p521.pem"), curve),
        (data!("refused/ed25519.pem"), algorithm),
        (
            data!("refused/encrypted-sec1.pem"),
            KeyFileError::Encrypted { at },
        ),
        (
            data!("refused/encrypted-pkcs8.pem"),
            KeyFileError::Encrypted { at },
        ),
        (
            data!("refused/certificate.pem"),
            KeyFileError::Certificate { at },
        ),
        (data!("refused/request.pem"), request),
        (b"".as_slice(), KeyFileError::NoPem { len: 0 }),
        (b"hello", KeyFileError::NoPem { len: 5 }),
        (&[0x30, 0x82, 1, 2], KeyFileError::Der),
    ];
    for (file, error) in table {
        assert_eq!(SigningKey::from_pem(file).unwrap_err(), error);
        assert_eq!(VerifyingKey::from_pem(file), Err(error.clone()));
        assert!(!error.remedy().is_empty());
    }
}

#[test]
fn a_damaged_key_is_no_key() {
    for scheme in Scheme::ALL {
        let file = pem(scheme);
        for cut in (0..file.len()).step_by(7).chain([file.len() - 2]) {
            assert!(
                SigningKey::from_pem(&file[..cut]).is_err(),
                "{scheme} {cut}"
            );
        }
        // A changed character: refused, or at least no panic; a change in ECDSA's private number alone is a key, too.
        for at in (60..file.len() - 1).step_by(5) {
            let mut changed = file.to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let _ = SigningKey::from_pem(&changed);
            let _ = VerifyingKey::from_pem(&changed);
        }
    }
    let damaged = SigningKey::from_pem(
        b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n",
    );
    assert!(matches!(
        damaged,
        Err(KeyFileError::Malformed { at: 0, .. })
    ));
}

/// The private keys of this folder as text.
fn private_keys() -> Vec<&'static str> {
    let files = Scheme::ALL.map(pem).into_iter().chain([
        data!("forms/ecdsa256-pkcs8.pem"),
        data!("forms/rsa3072-pkcs8.pem"),
        data!("refused/rsa2048.pem"),
        data!("refused/p521.pem"),
        data!("refused/ed25519.pem"),
    ]);
    files
        .map(|file| std::str::from_utf8(file).unwrap())
        .collect()
}

/// As users have them: pasted into one line, copied out of a document, saved by an editor.
#[test]
fn every_form_is_read_or_refused() {
    for scheme in Scheme::ALL {
        let file = std::str::from_utf8(pem(scheme)).unwrap();
        let public = key(scheme).verifying_key();
        for form in forms(file) {
            let (name, read) = (form.name, SigningKey::from_pem(&form.file));
            assert_eq!(read.is_ok(), form.read, "{scheme}, {name}: {read:?}");
            if let Ok(read) = read {
                assert_eq!(read.verifying_key(), public, "{scheme}, {name}");
            }
            let read = VerifyingKey::from_pem(&form.file);
            assert_eq!(read.is_ok(), form.read, "{scheme}, {name}: {read:?}");
        }
    }
}

#[test]
fn damage_is_named() {
    let file = std::str::from_utf8(pem(Scheme::Ecdsa256)).unwrap();
    let forms = forms(file);
    let said = |name: &str| {
        let form = forms.iter().find(|form| form.name == name).unwrap();
        SigningKey::from_pem(&form.file).unwrap_err()
    };
    for (name, wanted) in [
        ("line breaks as backslash n", KeyDamage::Escaped),
        ("no END", KeyDamage::NoEnd),
        ("other END", KeyDamage::OtherEnd),
        ("a character turned", KeyDamage::Base64),
        ("first line lost", KeyDamage::Contents),
    ] {
        let error = said(name);
        assert!(
            matches!(error, KeyFileError::Malformed { damage, .. } if damage == wanted),
            "{name}: {error}"
        );
    }
    let unknown = KeyFileError::UnknownLabel { at: 0 };
    assert_eq!(said("BEGIN and key run together"), unknown);
    assert_eq!(said("label is the key"), unknown);
}

/// Whatever is wrong with a key file, nobody is told a piece of the key.
#[test]
fn no_error_tells_the_key() {
    let mut looked_at = 0;
    for file in private_keys() {
        assert_eq!(leak(file, b"nothing of it"), None);
        let digits = hex::encode(der(&base64(file)));
        assert!(leak(file, file.as_bytes()).is_some(), "the search works");
        assert!(leak(file, digits.as_bytes()).is_some(), "the search works");
        for form in forms(file) {
            let errors = [
                SigningKey::from_pem(&form.file).err(),
                VerifyingKey::from_pem(&form.file).err(),
                v1::public_key(&form.file).err(),
            ];
            for error in errors.into_iter().flatten() {
                let said = format!("{error} {error:?} {}", error.remedy());
                assert_eq!(leak(file, said.as_bytes()), None, "{}", form.name);
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 400, "{looked_at}");
}

#[test]
fn keys_follow_from_their_seed() {
    for scheme in [Scheme::Ecdsa192, Scheme::Ecdsa256, Scheme::Ecdsa384] {
        let make = |seed| SigningKey::generate(scheme, &[seed; 32]).unwrap();
        let public = make(1).verifying_key();
        assert_eq!(public, make(1).verifying_key());
        assert_ne!(public, make(2).verifying_key());
        assert!(public.verify(&[5; 32], &make(1).sign(&[5; 32], &[0; 32]).unwrap()));
        assert!(!public.verify(&[6; 32], &make(1).sign(&[5; 32], &[0; 32]).unwrap()));
    }
    assert_eq!(
        format!("{:?}", key(Scheme::Rsa3072)),
        "SigningKey(rsa3072, private)"
    );
    assert!("rsa2048".parse::<Scheme>().is_err());
}
