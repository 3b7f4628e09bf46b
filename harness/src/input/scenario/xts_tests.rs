//! Tests of keys and flash encryption of the chips with XTS-AES in scenario files.

use std::path::Path;

use cloneproof::efuse::{KeyPurpose, XtsKey};

use super::tests::error_in;
use super::{EfuseSetup, efuses, raw};

/// As in the tests of the ESP32: everything is right, but the app does not exist.
pub(super) const GOOD: &str = r#"
name = "x"
description = "y"
chip = "esp32s3"
[sign-of-life]
text = "alive"
[donor]
revision = "v0.2"
mac = "24:0a:c4:00:00:01"
preset = "release"
cipher = "xts-aes-256"
encryption-key = "generate:1"
app = "no-such-file.elf"
[[target]]
name = "half"
mac = "24:0a:c4:00:00:02"
preset = "release"
[[target.key]]
block = 3
purpose = "XTS_AES_256_KEY_1"
value = "same-1"
[[target.key]]
block = 1
purpose = "XTS_AES_256_KEY_2"
value = "generate:other"
[target.expect]
verdict = "refused"
stage = "rom"
signature = "invalid-header"
"#;

const C3: (&str, &str) = ("chip = \"esp32s3\"", "chip = \"esp32c3\"");
const SHORT: (&str, &str) = ("xts-aes-256\"\nenc", "xts-aes-128\"\nenc");

/// What is replaced, and by what.
type Changes<'a> = &'a [(&'a str, &'a str)];

/// The eFuses of donor and target.
fn setups(changes: Changes) -> (EfuseSetup, EfuseSetup) {
    let mut text = GOOD.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let raw = raw::parse(Path::new("x.toml"), &text).unwrap();
    let chip = raw.chip.get_ref().parse().unwrap();
    let (donor, target) = (raw.donor.get_ref(), raw.targets[0].get_ref());
    let donor = efuses::burn(chip, &donor.efuses(0..0), None, None).unwrap();
    let target = efuses::burn(chip, &target.efuses(0..0), Some(&donor), None).unwrap();
    (donor, target)
}

#[test]
fn half_of_the_donors_key() {
    let (donor, target) = setups(&[]);
    let (XtsKey::Aes256(whole), XtsKey::Aes256(mixed)) =
        (donor.bank.flash_xts_key(), target.bank.flash_xts_key())
    else {
        panic!("{donor:?} {target:?}");
    };
    assert_eq!(donor.key.as_deref(), Some(&whole[..]));
    assert_eq!(whole[..32], mixed[..32]);
    assert_ne!(whole[32..], mixed[32..]);
    assert_ne!(whole[..32], whole[32..]);
    for setup in [&donor, &target] {
        assert!(setup.bank.flash_encryption_enabled());
        assert!(setup.bank.coding_errors().is_empty());
    }
    let slot = target.bank.key_slot_of(KeyPurpose::XtsAes256Key1);
    assert_eq!(slot, Some(3));
    assert!((0..8).all(|word| target.bank.software_word(7, word) == 0));
}

#[test]
fn the_donors_key_with_another_purpose() {
    let change = (
        "XTS_AES_256_KEY_1\"\nvalue = \"same-1\"",
        "hmac-up\"\nvalue = \"same\"",
    );
    let second = ("XTS_AES_256_KEY_2", "USER");
    let (donor, target) = setups(&[C3, SHORT, change, second]);
    assert_eq!(target.bank.key_purpose(3), Some(KeyPurpose::HmacUp));
    assert_eq!(Some(target.bank.key_block(3).to_vec()), donor.key);
    assert_eq!(target.bank.flash_xts_key(), XtsKey::Aes128([0; 32]));
    assert_eq!(target.bank.get(&target.bank.table().crypt_cnt), 7);
}

#[test]
fn the_same_key_in_chosen_blocks_readable() {
    let keys = &GOOD[GOOD.find("[[target.key]]").unwrap()..GOOD.find("[target.expect]").unwrap()];
    let same = "encryption-key = \"same\"\nkey-blocks = [4, 2]\nreadable-key = true\n";
    let (donor, target) = setups(&[(keys, same)]);
    assert_eq!(donor.bank.flash_xts_key(), target.bank.flash_xts_key());
    assert_eq!(target.bank.key_slot_of(KeyPurpose::XtsAes256Key1), Some(4));
    assert_eq!(target.bank.key_slot_of(KeyPurpose::XtsAes256Key2), Some(2));
    assert_eq!((donor.bank.rd_dis(), target.bank.rd_dis()), (3, 0));
    assert!(
        target
            .bank
            .is_write_protected(target.bank.key_field(4).unwrap())
    );
}

#[test]
fn every_mistake_is_named_and_underlined() {
    let key = "ab".repeat(24);
    let quoted = format!("\"{key}\"");
    let long = format!("\"{}\"", "ab".repeat(64));
    let own = ("cipher = \"xts-aes-256\"\n", "");
    // What is changed; what the message says; what is underlined.
    let table: &[(Changes, &str, &str)] = &[
        (
            &[(C3.0, "chip = \"esp32p4\"")],
            "no virtual esp32p4 can be booted",
            "\"esp32p4\"",
        ),
        (&[C3], "the esp32c3 has no xts-aes-256", "\"xts-aes-256\""),
        (
            &[("xts-aes-256", "aes")],
            "unknown cipher \"aes\"",
            "\"aes\"",
        ),
        (
            &[own, ("generate:1", &key)],
            "flash encryption key of 24 bytes: esp32s3 takes",
            &quoted,
        ),
        (
            &[own, C3, ("\"generate:1\"", &long)],
            "64 bytes: esp32c3 takes 32 bytes",
            &long,
        ),
        (
            &[("generate:1", &key)],
            "has 24 bytes, but xts-aes-256 needs 64",
            &quoted,
        ),
        (&[("generate:1", "xyz")], "no encryption key", "\"xyz\""),
        (&[("generate:1", "same")], "no donor's key", "\"same\""),
        (
            &[SHORT],
            "\"same-1\" needs a donor's key of 64 bytes; it has 32",
            "\"same-1\"",
        ),
        (
            &[("same-1", "same")],
            "\"same\" needs a donor's key of 32 bytes; it has 64",
            "\"same\"",
        ),
        (
            &[("same-1", "abcd")],
            "key of 2 bytes: XTS_AES_256_KEY_1",
            "\"abcd\"",
        ),
        (&[("same-1", "qrst")], "no encryption key", "\"qrst\""),
        (
            &[("XTS_AES_256_KEY_1", "FLASH")],
            "unknown key purpose \"FLASH\"",
            "\"FLASH\"",
        ),
        (
            &[("XTS_AES_256_KEY_1", "ECDSA_KEY")],
            "esp32s3 has no key purpose ECDSA_KEY",
            "\"ECDSA_KEY\"",
        ),
        (
            &[("XTS_AES_256_KEY_2", "XTS_AES_256_KEY_1")],
            "BLOCK_KEY3 has the purpose XTS_AES_256_KEY_1 already",
            "\"XTS_AES_256_KEY_1\"",
        ),
        (&[("block = 1", "block = 3")], "BLOCK_KEY3 is in use", "3"),
        (
            &[("block = 1", "block = 5")],
            "BLOCK_KEY5 of esp32s3 cannot have the purpose",
            "5",
        ),
        (
            &[("block = 1", "block = 6")],
            "esp32s3 has no key block 6",
            "6",
        ),
        (
            &[("block = 1", "block = -1")],
            "esp32s3 has no key block -1",
            "-1",
        ),
        (&[("block = 1", "blok = 1")], "unknown field `blok`", "blok"),
        (
            &[("\"half\"", "\"half\"\nencryption-key = \"same\"")],
            "BLOCK_KEY1 has the purpose XTS_AES_256_KEY_2 already",
            "\"same\"",
        ),
        (
            &[("app =", "key-blocks = [1]\napp =")],
            "1 key blocks named for a key of 2",
            "[1]",
        ),
        (
            &[("app =", "key-blocks = [0, 9]\napp =")],
            "esp32s3 has no key block 9",
            "9",
        ),
        (
            &[("app =", "key-blocks = [2, 2]\napp =")],
            "BLOCK_KEY2 is in use",
            "[2, 2]",
        ),
        (
            &[("\"half\"", "\"half\"\nkey-blocks = [1]")],
            "key-blocks without an encryption-key",
            "[1]",
        ),
        (
            &[("\"half\"", "\"half\"\nreadable-key = true")],
            "readable-key needs a preset",
            "true",
        ),
        (
            &[("encryption-key = \"generate:1\"", "")],
            "needs an encryption key",
            "\"release\"",
        ),
        (
            &[("app =", "crypt-config = 15\napp =")],
            "crypt-config is not for the esp32s3",
            "15",
        ),
        (
            &[("app =", "coding-scheme = \"3/4\"\napp =")],
            "coding-scheme is not for",
            "\"3/4\"",
        ),
        (
            &[("\"v0.2\"", "\"v4.0\"")],
            "cannot tell revision v4.0",
            "\"v4.0\"",
        ),
    ];
    for (changes, message, marked) in table {
        let (text, help, underlined) = error_in(GOOD, changes);
        assert!(text.contains(message), "{message}: {text}");
        assert_eq!(underlined, *marked, "{text}");
        assert!(!help.is_empty(), "{text}");
    }
}

#[test]
fn what_the_esp32_lacks() {
    let esp32 = (C3.0, "chip = \"esp32\"");
    let (text, ..) = error_in(GOOD, &[esp32]);
    assert!(text.contains("cipher is not for the esp32"), "{text}");
    let (text, ..) = error_in(
        GOOD,
        &[esp32, ("cipher = \"xts-aes-256\"\n", ""), ("v0.2", "v3.0")],
    );
    assert!(text.contains("key is not for the esp32"), "{text}");
}

#[test]
fn efuses_that_leave_the_verdict_open_are_refused() {
    let key = (
        "preset = \"release\"\ncipher",
        "burn.UART_PRINT_CONTROL = 3\npreset = \"release\"\ncipher",
    );
    let (text, help, _) = error_in(GOOD, &[key]);
    assert!(text.contains("UART_PRINT_CONTROL"), "{text}");
    assert!(help.contains("remove it"), "{help}");
    let mixed = "value = \"generate:other\"\n[[target.key]]\nblock = 4\npurpose = \"XTS_AES_128_KEY\"\nvalue = \"generate:third\"\n";
    let (text, ..) = error_in(GOOD, &[("value = \"generate:other\"\n", mixed)]);
    assert!(text.contains("nobody knows which key"), "{text}");
}
