//! Tests of eFuse files against files that espefuse wrote.

use super::*;
use crate::chip::ChipRevision;
use crate::efuse::CodingScheme;
use crate::efuse::{EncryptionMode, FlashEncryption, KeyProtection, KeyPurpose};
use crate::hex;
use proptest::prelude::*;

/// A file that is zero but for these hexadecimal pieces.
fn file(pieces: &[(usize, &str)]) -> Vec<u8> {
    let mut bytes = vec![0; ESPEFUSE_ESP32_LEN];
    for (at, digits) in pieces {
        let piece = hex::decode(digits).unwrap();
        bytes[*at..][..piece.len()].copy_from_slice(&piece);
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
    assert!(error(512).contains("espefuse for the chips after"));
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

/// The pieces of a file of espefuse for the later chips.
fn later_file(pieces: &[(usize, &str)]) -> Vec<u8> {
    let mut bytes = vec![0; ESPEFUSE_LEN];
    for (at, digits) in pieces {
        let piece = hex::decode(digits).unwrap();
        bytes[*at..][..piece.len()].copy_from_slice(&piece);
    }
    bytes
}

/// The read registers of such a file: 0x2c to 0x17b, reversed.
const READ_PLACES: Range<usize> = 132..468;

// esptool 5.6 as above with `--chip esp32c3` and `--chip esp32s3`; K64 holds the bytes 01 02 … 40.

/// `burn-key BLOCK_KEY1 K32 XTS_AES_128_KEY --no-read-protect`, `burn-key BLOCK_KEY5 K32 HMAC_UP --no-read-protect`,
/// `burn-efuse SPI_BOOT_CRYPT_CNT 7 DIS_PAD_JTAG 1 DIS_DIRECT_BOOT 1`,
/// `write-protect-efuse SPI_BOOT_CRYPT_CNT DIS_ICACHE`, `burn-custom-mac 24:0A:C4:01:02:03`. The programming registers
/// still hold the check bytes of the last command.
const C3: &[(usize, &str)] = &[
    (10, "0190000030"),
    (23, "28"),
    (50, "5aa5"),
    (
        164,
        "201f1e1d1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201",
    ),
    (
        292,
        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
    ),
    (357, "030201c40a24"),
    (
        451,
        "0200008000401c000000080000110022146b4d2fc6b3652a8f1d0c2265",
    ),
];
/// `burn-key BLOCK_KEY0 K64 XTS_AES_256_KEY --no-read-protect`,
/// `burn-efuse SPI_BOOT_CRYPT_CNT 1 WAFER_VERSION_MINOR_LO 2`.
const S3: &[(usize, &str)] = &[
    (10, "0190000030"),
    (23, "28"),
    (50, "5aa5"),
    (
        292,
        "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40",
    ),
    (
        324,
        "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
    ),
    (429, "08"),
    (456, "3204"),
    (464, "01800300a2aa386c3047059d9245076b"),
];
/// `burn-key BLOCK_KEY0 K32 XTS_AES_128_KEY`.
const C3_LOST: &[(usize, &str)] = &[(456, "04"), (463, "0100800100e4fced001fb9516dd40ecd58")];

#[test]
fn espefuse_file_of_the_esp32c3() {
    let read = EfuseFile::parse(Chip::Esp32C3, &later_file(C3)).unwrap();
    assert_eq!(read.format, EfuseFormat::Espefuse);
    let chip = Chip::Esp32C3;
    assert_eq!(read.warnings, [EfuseWarning::BlankIdentity { chip }]);
    let mut bank = EfuseBank::blank(chip);
    let shown = KeyProtection {
        read: false,
        write: true,
        purpose: true,
    };
    bank.burn_key(1, KeyPurpose::XtsAes128Key, &key(32), shown)
        .unwrap();
    bank.burn_key(5, KeyPurpose::HmacUp, &key(32), shown)
        .unwrap();
    for (name, value) in [
        ("SPI_BOOT_CRYPT_CNT", 7),
        ("DIS_PAD_JTAG", 1),
        ("DIS_DIRECT_BOOT", 1),
    ] {
        bank.burn(bank.field(name).unwrap(), value).unwrap();
    }
    bank.write_protect(&bank.table().crypt_cnt);
    bank.write_protect(bank.field("DIS_ICACHE").unwrap());
    bank.burn_custom_mac(MAC).unwrap();
    assert_eq!(read.bank, bank);
    assert_eq!(read.bank.custom_mac(), Some(MAC));
    assert_eq!(read.bank.flash_xts_key().as_bytes(), key(32));
    let written = bank.to_file(EfuseFormat::Espefuse);
    assert_eq!(written.len(), ESPEFUSE_LEN);
    assert_eq!(written[READ_PLACES], later_file(C3)[READ_PLACES]);
}

#[test]
fn espefuse_file_of_the_esp32s3() {
    let read = EfuseFile::parse(Chip::Esp32S3, &later_file(S3)).unwrap();
    assert_eq!(read.warnings, []);
    let mut bank = EfuseBank::factory(Chip::Esp32S3, ChipRevision::new(0, 2), [0; 6]);
    let shown = KeyProtection {
        read: false,
        write: true,
        purpose: true,
    };
    bank.burn_xts_key(&key(64), &[0, 1], shown).unwrap();
    bank.burn(&bank.table().crypt_cnt, 1).unwrap();
    assert_eq!(read.bank, bank);
    assert_eq!(read.bank.flash_xts_key().as_bytes(), key(64));
    let written = bank.to_file(EfuseFormat::Espefuse);
    assert_eq!(written[READ_PLACES], later_file(S3)[READ_PLACES]);
}

#[test]
fn espefuse_forgets_protected_keys_of_later_chips() {
    let read = EfuseFile::parse(Chip::Esp32C3, &later_file(C3_LOST)).unwrap();
    assert!(read.warnings.contains(&EfuseWarning::LostKey { block: 4 }));
    assert_eq!(read.bank.key_slot_of(KeyPurpose::XtsAes128Key), Some(0));
}

/// The file that Espressif's QEMU makes for its esp32c3 and esp32s3 machines: revision v0.3, byte 0x26 = 0x0c.
#[test]
fn qemu_file_of_later_chips() {
    let mut bytes = vec![0; QEMU_LEN];
    bytes[0x26] = 0x0c;
    for chip in [Chip::Esp32C3, Chip::Esp32S3] {
        let read = EfuseFile::parse(chip, &bytes).unwrap();
        assert_eq!((read.format, read.warnings.len()), (EfuseFormat::Qemu, 0));
        assert_eq!(read.bank.revision(), ChipRevision::new(0, 3));
        assert_eq!(read.bank.to_file(EfuseFormat::Qemu), bytes);
        let mut bank = EfuseBank::factory(chip, ChipRevision::new(0, 3), MAC);
        bank.burn_encryption_mode(EncryptionMode::Release, &key(32))
            .unwrap();
        let file = bank.to_file(EfuseFormat::Qemu);
        assert_eq!(file[0x18..0x1e], [3, 2, 1, 0xC4, 0x0A, 0x24]);
        assert_eq!((file[0x70], file[0x8f]), (32, 1));
        assert_eq!(EfuseFile::parse(chip, &file).unwrap().bank, bank);
    }
}

#[test]
fn files_of_other_chips_are_named() {
    let error = |chip, len: usize| {
        EfuseFile::parse(chip, &vec![0; len])
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        error(Chip::Esp32C3, QEMU_ESP32_LEN),
        "eFuse file of 124 bytes is one of QEMU's esp32 machine, not of esp32c3"
    );
    assert!(error(Chip::Esp32S3, ESPEFUSE_ESP32_LEN).contains("espefuse for the ESP32, not"));
    assert_eq!(
        error(Chip::Esp32S3, 336),
        "eFuse file of 336 bytes: for esp32s3 it must have 1024 (QEMU) or 512 bytes (espefuse)"
    );
    assert_eq!(
        error(Chip::Esp32P4, QEMU_LEN),
        "eFuse file of 1024 bytes is one of QEMU's esp32c3 and esp32s3 machines, not of esp32p4"
    );
    assert_eq!(
        error(Chip::Esp32C2, 336),
        "eFuse file of 336 bytes: for esp32c2 it must have 512 bytes (espefuse)"
    );
}

proptest! {
    /// Both formats keep every bit of the read registers; check bytes are made anew.
    #[test]
    fn later_chips_round_trip(mut raw in prop::collection::vec(any::<u8>(), QEMU_LEN), chip in 0..2usize) {
        let chip = [Chip::Esp32C3, Chip::Esp32S3][chip];
        raw[336..].fill(0);
        let bank = EfuseFile::parse(chip, &raw).unwrap().bank;
        prop_assert_eq!(bank.coding_errors(), []);
        prop_assert_eq!(bank.to_file(EfuseFormat::Qemu), raw);
        let again = EfuseFile::parse(chip, &bank.to_file(EfuseFormat::Espefuse)).unwrap().bank;
        prop_assert_eq!(&again, &bank);
        let _ = (bank.summary(), bank.flash_xts_key(), bank.revision(), bank.custom_mac());
    }
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
