//! `cloneproof sign`, `verify`, `digest-bootloader`, `key` from outside: what works.

use std::fs;

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EfuseFormat, KeyProtection, KeyPurpose};
use cloneproof::secure_boot::{VerifyingKey, v2};

use crate::support::{Folder, repository};

/// A folder with test keys and images.
pub fn secure_boot_folder() -> Folder {
    let folder = Folder::with(&[
        ("data.bin", &[0x55; 5000]),
        ("c3.bin", &image(5)),
        ("esp32.bin", &image(0)),
        ("cut.bin", &image(5)[..100]),
        ("long.bin", &[image(5).as_slice(), &[0; 9000]].concat()),
        ("empty.bin", &[]),
        ("key.bin", &[7; 32]),
        ("key-16.bin", &[7; 16]),
    ]);
    let test_data = repository().join("src/secure_boot/testdata");
    for scheme in ["rsa3072", "rsa3072-b", "ecdsa192", "ecdsa256", "ecdsa384"] {
        let pem = fs::read(test_data.join(format!("test-{scheme}.pem"))).unwrap();
        folder.write(&format!("{scheme}.pem"), &pem);
    }
    for entry in fs::read_dir(test_data.join("refused")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        folder.write(name, &fs::read(&path).unwrap());
    }
    let public = fs::read(test_data.join("forms/ecdsa256-public.pem")).unwrap();
    folder.write("public.pem", &public);
    let efuses = trusting(&folder.read("rsa3072.pem"));
    folder.write("c3.efuse", &efuses.to_file(EfuseFormat::Qemu));
    folder
}

/// An ESP32-C3 with secure boot on that trusts this key.
fn trusting(pem: &[u8]) -> EfuseBank {
    let mut efuses = EfuseBank::factory(Chip::Esp32C3, ChipRevision::new(0, 3), [1; 6]);
    let digest = v2::key_digest(&VerifyingKey::from_pem(pem).unwrap());
    let purpose = KeyPurpose::SecureBootDigest0;
    let protection = KeyProtection::usual(purpose);
    efuses.burn_key(0, purpose, &digest, protection).unwrap();
    let enable = efuses.field("SECURE_BOOT_EN").unwrap();
    efuses.burn(enable, 1).unwrap();
    efuses
}

/// An image with one segment and no hash.
fn image(chip_id: u8) -> Vec<u8> {
    let mut image = vec![0xE9, 1, 2, 0x20, 0, 0, 0x38, 0x40];
    image.resize(24, 0);
    image[12] = chip_id;
    image.extend_from_slice(&[0, 0, 0x38, 0x40, 0x80, 0, 0, 0]);
    image.extend_from_slice(&[0x11; 0x80]);
    image.resize(175, 0);
    image.push(0xEF);
    image
}

#[test]
fn signed_images_verify() {
    let folder = secure_boot_folder();
    for scheme in ["rsa3072", "ecdsa192", "ecdsa256", "ecdsa384"] {
        let sign = format!("sign --version 2 --key {scheme}.pem -o {scheme}.signed data.bin");
        folder.expect(0, &sign, &["1 signature(s), 12288 bytes"]);
        let verify = format!("verify --version 2 --key {scheme}.pem {scheme}.signed");
        folder.expect(0, &verify, &["verified", "block 0: signed with this key"]);
        let other = format!("verify -v 2 --key rsa3072-b.pem {scheme}.signed --format json");
        folder.expect(1, &other, &["\"other-key\"", "\"verified\": false"]);
        let mut changed = folder.read(&format!("{scheme}.signed"));
        changed[100] ^= 1;
        folder.write("changed.bin", &changed);
        let changed = format!("verify -v 2 --key {scheme}.pem changed.bin");
        folder.expect(1, &changed, &["REFUSED", "changed after it was signed"]);
    }
    let more = "sign-data -v 2 --append-signatures --keyfile ecdsa192.pem --keyfile rsa3072.pem \
                --output three.bin ecdsa256.signed";
    folder.expect(0, more, &["3 signature(s)"]);
    for key in ["ecdsa192.pem", "ecdsa256.pem", "public.pem", "rsa3072.pem"] {
        folder.expect(
            0,
            &format!("verify-signature -v 2 -k {key} three.bin"),
            &["verified"],
        );
    }
    let shown = folder.run("image signatures three.bin").flat();
    for scheme in ["ecdsa192", "ecdsa256", "rsa3072"] {
        let digest = folder.run(&format!("key digest {scheme}.pem")).flat();
        assert!(
            shown.contains(&format!("{scheme}, key digest {digest}, valid")),
            "{shown}"
        );
    }
    let again = "sign -v 2 --replace-signatures --key ecdsa192.pem -o one.bin three.bin";
    folder.expect(0, again, &["1 signature(s)"]);
    assert_eq!(folder.read("one.bin"), folder.read("ecdsa192.signed"));
}

#[test]
fn efuses_decide() {
    let folder = secure_boot_folder();
    folder.expect(
        0,
        "sign -v 2 --chip esp32c3 --key rsa3072.pem -o good.bin c3.bin",
        &[],
    );
    folder.expect(0, "sign -v 2 --key rsa3072-b.pem -o other.bin c3.bin", &[]);
    let verify = "verify -v 2 --chip esp32c3 --efuse c3.efuse --stage bootloader";
    folder.expect(0, &format!("{verify} good.bin"), &["key of digest slot 0"]);
    folder.expect(
        1,
        &format!("{verify} other.bin"),
        &["its key is not in the eFuses"],
    );
    // The image has no hash, which ROM asks for.
    let rom = "verify -v 2 --chip esp32c3 --efuse c3.efuse good.bin";
    folder.expect(1, rom, &["SHA-256 behind the image is missing"]);
    let digest = folder.run("key digest rsa3072.pem").flat();
    folder.expect(
        1,
        &format!("{verify} other.bin --format json"),
        &["\"untrusted-key\""],
    );
    assert_eq!(digest.len(), 64);
    assert_eq!(
        folder.run("key digest rsa3072.pem --chip esp32c2").flat(),
        digest[..32]
    );
}

#[test]
fn secure_boot_v1_works() {
    let folder = secure_boot_folder();
    folder.expect(0, "sign -v 1 --key ecdsa256.pem -o app.bin esp32.bin", &[]);
    assert_eq!(folder.read("app.bin").len(), 176 + 68);
    folder.expect(
        0,
        "key public -v 1 ecdsa256.pem -o key.raw",
        &["public key, ecdsa256"],
    );
    for key in ["ecdsa256.pem", "public.pem", "key.raw"] {
        folder.expect(
            0,
            &format!("verify -v 1 --key {key} app.bin"),
            &["verified"],
        );
    }
    folder.expect(
        0,
        "digest-bootloader --key key.bin -o boot.bin esp32.bin",
        &["flash offset 0"],
    );
    folder.expect(
        0,
        "verify -v 1 --digest-key key.bin boot.bin",
        &["verified"],
    );
    let mut changed = folder.read("boot.bin");
    changed[0x1000 + 60] ^= 1;
    folder.write("changed.bin", &changed);
    folder.expect(
        1,
        "verify -v 1 --digest-key key.bin changed.bin",
        &["digest at 0x80"],
    );
}

#[test]
fn keys_are_made_for_their_owner() {
    let folder = secure_boot_folder();
    folder.expect(
        0,
        "key generate --scheme ecdsa192 new.pem",
        &["private key, ecdsa192"],
    );
    let first = folder.read("new.pem");
    folder.expect(
        2,
        "key generate --scheme ecdsa192 new.pem",
        &["new.pem exists", "--force"],
    );
    assert_eq!(folder.read("new.pem"), first);
    folder.expect(0, "key generate --scheme ecdsa384 --force new.pem", &[]);
    assert_ne!(folder.read("new.pem"), first);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.path("new.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    folder.expect(0, "key digest new.pem -o digest.bin", &["32 bytes"]);
    assert_eq!(folder.read("digest.bin").len(), 32);
}
