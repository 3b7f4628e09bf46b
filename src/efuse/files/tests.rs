//! Tests of eFuse files against files that espefuse wrote.

use super::*;
use crate::chip::ChipRevision;
use crate::efuse::FlashEncryption;
use proptest::prelude::*;

/// A file that is zero but for these hexadecimal pieces.
fn file(pieces: &[(usize, &str)]) -> Vec<u8> {
    let mut bytes = vec![0; ESPEFUSE_ESP32_LEN];
    for (at, hex) in pieces {
        for (place, pair) in bytes[*at..].iter_mut().zip(hex.as_bytes().chunks(2)) {
            *place = u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        }
    }
    bytes
}

// esptool 5.6, each command `espefuse --chip esp32 --virt --path-efuse-file FILE --do-not-confirm …`; K32 holds the
// bytes 01 02 … 20, K24 01 02 … 18.

/// `burn-key flash_encryption K32 --no-protect-key`, `burn-efuse FLASH_CRYPT_CONFIG 0xF`,
/// `burn-efuse FLASH_CRYPT_CNT 1`, `burn-custom-mac 24:0A:C4:01:02:03`, `write-protect-efuse FLASH_CRYPT_CNT`.
const PLAIN: &[(usize, &str)] = &[
    CONTROLLER[0],
    CONTROLLER[1],
    (144, "01"),
    (161, "030201c40a2438"),
    (
        200,
        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
    ),
    (264, "f0"),
    (285, "100004"),
];
/// `burn-efuse CODING_SCHEME 1`, `burn-key flash_encryption K24 --no-protect-key`,
/// `burn-custom-mac 24:0A:C4:01:02:03`.
const CODED: &[(usize, &str)] = &[
    CONTROLLER[0],
    CONTROLLER[1],
    (144, "01"),
    (161, "030201c40a2438"),
    (208, "0102030405060708090a0b0c0d0e0f101112131415161718"),
    (263, "01"),
];
/// `burn-key flash_encryption K32`.
const PROTECTED: &[(usize, &str)] = &[CONTROLLER[0], CONTROLLER[1], (285, "010080")];
/// What every burn leaves in the controller's clock and configuration registers.
const CONTROLLER: [(usize, &str); 2] = [(7, "50"), (34, "5aa5000000a0")];

const MAC: [u8; 6] = [0x24, 0x0A, 0xC4, 0x01, 0x02, 0x03];

fn key(len: u8) -> Vec<u8> {
    (1..=len).collect()
}

fn parse(bytes: &[u8]) -> EfuseFile {
    EfuseFile::parse(Chip::Esp32, bytes).unwrap()
}

/// The file without what does not belong to the eFuses.
fn without_controller(pieces: &[(usize, &str)]) -> Vec<u8> {
    file(&pieces[2..])
}

#[test]
fn espefuse_file_without_coding() {
    let read = parse(&file(PLAIN));
    assert_eq!(
        (read.format, read.warnings.len()),
        (EfuseFormat::Espefuse, 0)
    );
    let mut bank = EfuseBank::blank(Chip::Esp32);
    bank.burn_flash_key(&key(32)).unwrap();
    bank.burn(&esp32::FLASH_CRYPT_CONFIG, 0xF).unwrap();
    bank.burn(&esp32::FLASH_CRYPT_CNT, 1).unwrap();
    bank.burn_custom_mac(MAC).unwrap();
    bank.write_protect(&esp32::FLASH_CRYPT_CNT);
    assert_eq!(read.bank, bank);
    assert_eq!(
        bank.to_file(EfuseFormat::Espefuse),
        without_controller(PLAIN)
    );
    assert_eq!(bank.flash_key()[..], key(32));
}

#[test]
fn espefuse_file_with_coding() {
    let read = parse(&file(CODED));
    assert_eq!(read.warnings, []);
    let mut bank = EfuseBank::blank(Chip::Esp32);
    bank.burn(&esp32::CODING_SCHEME, 1).unwrap();
    bank.burn_flash_key(&key(24)).unwrap();
    bank.burn_custom_mac(MAC).unwrap();
    assert_eq!(read.bank, bank);
    assert_eq!(bank.custom_mac(), Some(MAC));
    assert_eq!(
        bank.to_file(EfuseFormat::Espefuse),
        without_controller(CODED)
    );
}

#[test]
fn espefuse_forgets_protected_keys() {
    let read = parse(&file(PROTECTED));
    assert_eq!(read.warnings, [EfuseWarning::LostKey { block: 1 }]);
    assert!(read.bank.is_read_protected(&esp32::BLOCK1));
    assert!(read.bank.is_write_protected(&esp32::BLOCK1));
}

/// The file that Espressif's QEMU documentation and pytest-embedded use for revision 3: byte 13 = 0x80, byte 22 = 0x10.
#[test]
fn qemu_file_of_revision_3() {
    let mut bytes = vec![0; QEMU_ESP32_LEN];
    (bytes[13], bytes[22]) = (0x80, 0x10);
    let read = parse(&bytes);
    assert_eq!(read.format, EfuseFormat::Qemu);
    assert_eq!(read.warnings, []);
    assert_eq!(read.bank.revision(), ChipRevision::new(3, 0));
    assert!(read.bank.apb_ctrl_date_bit31() && read.bank.mac_is_blank());
    assert_eq!(read.bank.to_file(EfuseFormat::Qemu), bytes);
    assert_eq!(
        parse(&[0; QEMU_ESP32_LEN]).bank.revision(),
        ChipRevision::new(0, 0)
    );
}

#[test]
fn places_in_the_qemu_file() {
    let mut bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(1, 0), MAC);
    bank.burn_flash_encryption(&FlashEncryption::release(&key(32)))
        .unwrap();
    let bytes = bank.to_file(EfuseFormat::Qemu);
    assert_eq!(bytes.len(), QEMU_ESP32_LEN);
    assert_eq!(bytes[4..8], [3, 2, 1, 0xC4]);
    assert_eq!((bytes[0x1C], bytes[0x3B]), (32, 1));
    assert_eq!(parse(&bytes).bank, bank);
}

#[test]
fn sizes_are_explained() {
    let error = |len: usize| {
        let error = EfuseFile::parse(Chip::Esp32, &vec![0; len]).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        error(1024),
        "eFuse file of 1024 bytes is one of QEMU's esp32c3 and esp32s3 machines, not of esp32"
    );
    assert!(error(512).contains("espefuse for ESP32-C3"));
    for len in [0, 123, 125, 287, 289, 4096] {
        let text = error(len);
        for part in [&len.to_string(), "124", "288"] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn odd_contents_are_warned_of() {
    let mut bytes =
        EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), MAC).to_file(EfuseFormat::Qemu);
    bytes[4] ^= 1;
    let warnings = parse(&bytes).warnings;
    assert!(
        matches!(warnings[..], [EfuseWarning::MacCrc { stored: 0x38, .. }]),
        "{warnings:?}"
    );
    let mut coded = vec![0; QEMU_ESP32_LEN];
    (coded[24], coded[0x3C + 9]) = (1, 0x10);
    assert_eq!(
        parse(&coded).warnings,
        [EfuseWarning::Coding { block: 2, unit: 1 }]
    );
    let mut custom = vec![0; QEMU_ESP32_LEN];
    (custom[0x5C], custom[0x5C + 23]) = (1, 1);
    assert_eq!(parse(&custom).warnings, [EfuseWarning::CustomMacCrc]);
    let mut repeat = vec![0; QEMU_ESP32_LEN];
    repeat[24] = 2;
    let scheme = CodingScheme::Repeat;
    assert_eq!(parse(&repeat).warnings, [EfuseWarning::Scheme { scheme }]);
}

proptest! {
    /// QEMU's file keeps every bit; espefuse's file every bit of the payload.
    #[test]
    fn round_trip(raw in prop::collection::vec(any::<u8>(), QEMU_ESP32_LEN)) {
        let bank = parse(&raw).bank;
        prop_assert_eq!(bank.to_file(EfuseFormat::Qemu), raw);
        let again = parse(&bank.to_file(EfuseFormat::Espefuse)).bank;
        for block in 0..4 {
            for word in 0..8 {
                prop_assert_eq!(again.payload_word(block, word), bank.payload_word(block, word));
                prop_assert_eq!(again.software_word(block, word), bank.software_word(block, word));
            }
        }
        prop_assert_eq!(again.flash_key(), bank.flash_key());
        prop_assert_eq!(again.revision(), bank.revision());
        let _ = (bank.summary(), bank.coding_errors());
    }
}
