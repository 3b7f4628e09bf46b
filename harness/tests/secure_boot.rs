//! `cloneproof sign`, `verify`, `digest-bootloader`, `key` from outside: what works, what is refused by name, and that no
//! file of the user is replaced.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EfuseFormat, KeyProtection, KeyPurpose};
use cloneproof::secure_boot::{VerifyingKey, v2};

/// A folder with test keys and images.
struct Folder(tempfile::TempDir);

fn test_data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/secure_boot/testdata")
}

impl Folder {
    fn new() -> Folder {
        let folder = Folder(tempfile::tempdir().unwrap());
        for scheme in ["rsa3072", "rsa3072-b", "ecdsa192", "ecdsa256", "ecdsa384"] {
            let pem = fs::read(test_data().join(format!("test-{scheme}.pem"))).unwrap();
            folder.write(&format!("{scheme}.pem"), &pem);
        }
        for entry in fs::read_dir(test_data().join("refused")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            folder.write(name, &fs::read(&path).unwrap());
        }
        let public = fs::read(test_data().join("forms/ecdsa256-public.pem")).unwrap();
        folder.write("public.pem", &public);
        folder.write("data.bin", &[0x55; 5000]);
        folder.write("c3.bin", &image(5));
        folder.write("esp32.bin", &image(0));
        folder.write("cut.bin", &image(5)[..100]);
        folder.write("long.bin", &[image(5).as_slice(), &[0; 9000]].concat());
        folder.write("empty.bin", &[]);
        folder.write("key.bin", &[7; 32]);
        folder.write("key-16.bin", &[7; 16]);
        let mut efuses = EfuseBank::factory(Chip::Esp32C3, ChipRevision::new(0, 3), [1; 6]);
        let key = VerifyingKey::from_pem(&folder.read("rsa3072.pem")).unwrap();
        let purpose = KeyPurpose::SecureBootDigest0;
        let protection = KeyProtection::usual(purpose);
        let digest = v2::key_digest(&key);
        efuses.burn_key(0, purpose, &digest, protection).unwrap();
        let enable = efuses.field("SECURE_BOOT_EN").unwrap();
        efuses.burn(enable, 1).unwrap();
        folder.write("c3.efuse", &efuses.to_file(EfuseFormat::Qemu));
        folder
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }

    /// Exit code, and standard output and error in one line.
    fn run(&self, arguments: &str) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_cloneproof"))
            .current_dir(self.0.path())
            .env("NO_COLOR", "1")
            .args(arguments.split_whitespace())
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(text).unwrap();
        let words: Vec<&str> = text
            .split_whitespace()
            .filter(|word| *word != "│")
            .collect();
        (output.status.code().unwrap(), words.join(" "))
    }

    fn expect(&self, code: i32, arguments: &str, named: &[&str]) {
        let (found, text) = self.run(arguments);
        assert_eq!(found, code, "{arguments}: {text}");
        for name in named {
            assert!(text.contains(name), "{arguments}: no \"{name}\" in: {text}");
        }
    }
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
    let folder = Folder::new();
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
    let shown = folder.run("image signatures three.bin").1;
    for scheme in ["ecdsa192", "ecdsa256", "rsa3072"] {
        let digest = folder.run(&format!("key digest {scheme}.pem")).1;
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
    let folder = Folder::new();
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
    let digest = folder.run("key digest rsa3072.pem").1;
    folder.expect(
        1,
        &format!("{verify} other.bin --format json"),
        &["\"untrusted-key\""],
    );
    assert_eq!(digest.len(), 64);
    assert_eq!(
        folder.run("key digest rsa3072.pem --chip esp32c2").1,
        digest[..32]
    );
}

#[test]
fn secure_boot_v1_works() {
    let folder = Folder::new();
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
    let folder = Folder::new();
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
        let mode = fs::metadata(folder.0.path().join("new.pem"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    folder.expect(0, "key digest new.pem -o digest.bin", &["32 bytes"]);
    assert_eq!(folder.read("digest.bin").len(), 32);
}

#[test]
fn bad_input_is_named_and_changes_nothing() {
    let folder = Folder::new();
    for (name, key) in [("signed.bin", "ecdsa256.pem"), ("c3.signed", "rsa3072.pem")] {
        let image = if name == "c3.signed" {
            "c3.bin"
        } else {
            "data.bin"
        };
        folder.expect(0, &format!("sign -v 2 --key {key} -o {name} {image}"), &[]);
    }
    let c3 = folder.read("c3.signed");
    folder.write("cut.signed", &c3[..5000]);
    folder.write("unsigned.bin", &c3[..4096]);
    let moved = [&c3[..4096], &[0xFF; 4096], &c3[4096..]].concat();
    folder.write("moved.bin", &moved);
    let three = "--key ecdsa192.pem --key ecdsa256.pem --key ecdsa384.pem";
    let append = format!("sign -v 2 -a {three} -o out.bin signed.bin");
    let four = format!("sign -v 2 {three} --key rsa3072.pem -o out.bin data.bin");
    // Arguments; what the message must name.
    let table: &[(&str, &[&str])] = &[
        (
            "sign -v 3 --key rsa3072.pem -o out.bin data.bin",
            &["3", "--version"],
        ),
        ("sign -v 2 -o out.bin data.bin", &["--key"]),
        (
            "sign -v 2 --key none.pem -o out.bin data.bin",
            &["none.pem"],
        ),
        (
            "sign -v 2 --key rsa2048.pem -o out.bin data.bin",
            &["rsa2048.pem", "2048 bits", "3072"],
        ),
        (
            "sign -v 2 --key p521.pem -o out.bin data.bin",
            &["p521.pem", "NIST"],
        ),
        (
            "sign -v 2 --key ed25519.pem -o out.bin data.bin",
            &["Ed25519"],
        ),
        (
            "sign -v 2 --key certificate.pem -o out.bin data.bin",
            &["byte 60", "certificate"],
        ),
        (
            "sign -v 2 --key request.pem -o out.bin data.bin",
            &["CERTIFICATE REQUEST"],
        ),
        (
            "sign -v 2 --key encrypted-sec1.pem -o out.bin data.bin",
            &["encrypted", "password"],
        ),
        (
            "sign -v 2 --key encrypted-pkcs8.pem -o out.bin data.bin",
            &["encrypted", "password"],
        ),
        (
            "sign -v 2 --key public.pem -o out.bin data.bin",
            &["public key", "private key"],
        ),
        (
            "sign -v 2 --key data.bin -o out.bin data.bin",
            &["data.bin", "no PEM block"],
        ),
        (
            "sign -v 2 --key rsa3072.pem -o out.bin empty.bin",
            &["empty.bin", "empty"],
        ),
        (
            "sign -v 2 --key rsa3072.pem -o out.bin cut.bin",
            &["cut.bin", "image ends at 0x64"],
        ),
        (
            "sign -v 2 --key rsa3072.pem -o out.bin long.bin",
            &["long.bin", "looks for signatures at 0x1000"],
        ),
        (
            "sign -v 2 --key rsa3072.pem -o data.bin c3.bin",
            &["data.bin exists", "--force"],
        ),
        (
            "sign -v 2 --key rsa3072.pem --force -o c3.bin c3.bin",
            &["input file"],
        ),
        (
            "sign -v 2 --key rsa3072.pem --force -o rsa3072.pem c3.bin",
            &["input file"],
        ),
        (
            "sign -v 2 --key rsa3072.pem -o out.bin signed.bin",
            &["already carries 1", "--append-signatures"],
        ),
        (
            "sign -v 2 -a --key rsa3072.pem -o out.bin data.bin",
            &["carries no signature at 0x2000"],
        ),
        (&append, &["1 signatures present and 3 new ones"]),
        (&four, &["0 signatures present and 4 new ones"]),
        (
            "sign -v 2 --chip esp32 --key rsa3072.pem -o out.bin c3.bin",
            &["chip id 0x0005", "--chip"],
        ),
        (
            "sign -v 2 --chip esp32c3 --key ecdsa256.pem -o out.bin c3.bin",
            &["esp32c3 does not verify ecdsa256"],
        ),
        (
            "sign -v 1 --key rsa3072.pem -o out.bin esp32.bin",
            &["rsa3072.pem", "takes ecdsa256"],
        ),
        (
            "sign -v 1 --key ecdsa256.pem --key ecdsa192.pem -o out.bin esp32.bin",
            &["2 keys", "one signature"],
        ),
        (
            "sign -v 1 --chip esp32c3 --key ecdsa256.pem -o out.bin c3.bin",
            &["esp32c3 has no secure boot v1"],
        ),
        ("verify -v 2 signed.bin", &["--key"]),
        (
            "verify -v 2 --digest-key key.bin signed.bin",
            &["--digest-key"],
        ),
        (
            "verify -v 2 --key ecdsa256.pem data.bin",
            &["data.bin", "no multiple of the sector size", "not padded"],
        ),
        (
            "verify -v 2 --key rsa3072.pem cut.signed",
            &["signature sector at 0x1000", "904 of 4096"],
        ),
        (
            "verify -v 2 --key rsa3072.pem unsigned.bin",
            &["0x1000", "not signed"],
        ),
        (
            "verify -v 2 --key rsa3072.pem moved.bin",
            &["block at 0x2000", "looks for it at 0x1000"],
        ),
        (
            "verify -v 2 --chip esp32 --efuse c3.efuse c3.signed",
            &["c3.efuse"],
        ),
        (
            "verify -v 1 --key rsa3072.pem esp32.bin",
            &["rsa3072.pem", "takes ecdsa256"],
        ),
        (
            "verify -v 1 --digest-key key-16.bin esp32.bin",
            &["16 bytes"],
        ),
        (
            "verify -v 1 --digest-key key.bin esp32.bin",
            &["before the bootloader at 0x1000"],
        ),
        (
            "digest-bootloader --key key-16.bin -o out.bin esp32.bin",
            &["key-16.bin", "16 bytes"],
        ),
        (
            "digest-bootloader --key key.bin -o out.bin data.bin",
            &["data.bin", "0x55"],
        ),
        (
            "digest-bootloader --key key.bin --iv key.bin -o out.bin esp32.bin",
            &["32 bytes", "128"],
        ),
        (
            "key generate --scheme rsa2048 out.bin",
            &["rsa2048", "ecdsa192"],
        ),
        ("key digest rsa2048.pem", &["2048 bits"]),
        (
            "key public -v 1 rsa3072.pem -o out.bin",
            &["takes ecdsa256"],
        ),
        ("key public public.pem -o out.bin", &["public key"]),
        ("image signatures data.bin", &["not padded"]),
    ];
    for (arguments, named) in table {
        folder.expect(2, arguments, named);
        assert!(!folder.0.path().join("out.bin").exists(), "{arguments}");
    }
    assert_eq!(folder.read("data.bin"), [0x55; 5000]);
    assert_eq!(folder.read("c3.bin"), image(5));
}
