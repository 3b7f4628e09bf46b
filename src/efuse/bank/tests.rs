//! Tests of burning and protection.

use super::*;
use crate::efuse::Field;
use crate::efuse::tables::esp32::*;
use proptest::prelude::*;

fn blank() -> EfuseBank {
    EfuseBank::blank(Chip::Esp32)
}

/// The fields that each WR_DIS bit protects, by ESP-IDF `components/efuse/esp32/esp_efuse_table.csv`.
const PROTECTED_BY: [(u32, &[Field]); 8] = [
    (0, &[RD_DIS]),
    (1, &[WR_DIS]),
    (2, &[FLASH_CRYPT_CNT, UART_DOWNLOAD_DIS]),
    (3, &[MAC, MAC_CRC, DISABLE_APP_CPU, CHIP_VER_REV1]),
    (
        10,
        &[
            FLASH_CRYPT_CONFIG,
            CODING_SCHEME,
            KEY_STATUS,
            BLK3_PART_RESERVE,
        ],
    ),
    (12, &[ABS_DONE_0]),
    (14, &[JTAG_DISABLE]),
    (
        15,
        &[
            CONSOLE_DEBUG_DISABLE,
            DISABLE_DL_ENCRYPT,
            DISABLE_DL_DECRYPT,
            DISABLE_DL_CACHE,
        ],
    ),
];

#[test]
fn write_protection_covers_its_fields() {
    for (bit, fields) in PROTECTED_BY {
        for field in fields {
            let mut bank = blank();
            assert_eq!(bank.burn_word(0, 0, 1 << bit), BurnOutcome::Burned);
            let before = bank.clone();
            assert_eq!(
                bank.burn(field, 1 << (field.bits - 1)),
                Ok(BurnOutcome::Protected),
                "{}",
                field.name
            );
            assert_eq!(bank, before);
            // Any other bit of WR_DIS leaves it alone.
            let mut other = blank();
            other.burn_word(0, 0, 0xFFFF & !(1 << bit) & !2);
            let value = if *field == WR_DIS { 2 } else { 1 };
            let outcome = other.burn(field, value);
            assert_eq!(outcome, Ok(BurnOutcome::Burned), "{}", field.name);
        }
    }
}

#[test]
fn protecting_the_counter_first_leaves_download_on() {
    let mut bank = blank();
    bank.burn(&FLASH_CRYPT_CNT, 1).unwrap();
    bank.write_protect(&FLASH_CRYPT_CNT);
    assert_eq!(bank.burn(&UART_DOWNLOAD_DIS, 1), Ok(BurnOutcome::Protected));
    assert_eq!(bank.get(&UART_DOWNLOAD_DIS), 0);
}

#[test]
fn one_operation_sees_the_protection_from_before() {
    let mut bank = blank();
    // WR_DIS bit 2 together with the counter that it protects.
    let word = 1 << 2 | 1 << 20;
    assert_eq!(bank.burn_word(0, 0, word), BurnOutcome::Burned);
    assert_eq!(bank.hardware_word(0, 0), word);
    assert_eq!(
        bank.burn_word(0, 0, word),
        BurnOutcome::Burned,
        "burning set bits again"
    );
    assert_eq!(bank.burn_word(0, 0, 3 << 20), BurnOutcome::Protected);
    assert_eq!(bank.hardware_word(0, 0), word);
}

#[test]
fn key_blocks_are_protected_whole() {
    for block in 1..4 {
        let mut bank = blank();
        bank.burn_block(block, &[1, 2, 3, 4, 5, 6, 7, 8]);
        bank.burn_word(0, 0, 1 << (6 + block));
        assert_eq!(bank.burn_word(block, 7, 0xFF), BurnOutcome::Protected);
        assert_eq!(bank.hardware_word(block, 7), 8);
        assert_eq!(bank.software_word(block, 7), 8);
        bank.burn_word(0, 0, 1 << (15 + block));
        assert_eq!(
            (bank.software_word(block, 7), bank.hardware_word(block, 7)),
            (0, 8)
        );
        for other in (1..4).filter(|other| *other != block) {
            assert_eq!(bank.burn_word(other, 0, 1), BurnOutcome::Burned);
            assert_eq!(bank.software_word(other, 0), 1);
        }
    }
}

#[test]
fn read_protection_of_block_0_fields() {
    let mut bank = blank();
    for field in [
        FLASH_CRYPT_CONFIG,
        CODING_SCHEME,
        KEY_STATUS,
        BLK3_PART_RESERVE,
    ] {
        bank.burn(&field, 1).unwrap();
    }
    bank.burn(&JTAG_DISABLE, 1).unwrap();
    bank.burn_word(0, 0, 1 << 19);
    for field in [
        FLASH_CRYPT_CONFIG,
        CODING_SCHEME,
        KEY_STATUS,
        BLK3_PART_RESERVE,
    ] {
        assert_eq!(
            (bank.get(&field), bank.get_software(&field)),
            (1, 0),
            "{}",
            field.name
        );
    }
    assert_eq!(bank.get_software(&JTAG_DISABLE), 1);
    assert_eq!(bank.flash_crypt_config(), 1);
    assert_eq!(bank.coding_scheme(), CodingScheme::ThreeQuarter);
}

#[test]
fn coded_blocks_read_as_payload() {
    let mut bank = blank();
    bank.burn(&CODING_SCHEME, 1).unwrap();
    let payload: [u8; 32] = std::array::from_fn(|i| if i < 24 { i as u8 + 1 } else { 0 });
    let coded = CodingScheme::ThreeQuarter.encode(&payload);
    let words: Vec<u32> = coded
        .as_chunks::<4>()
        .0
        .iter()
        .map(|w| u32::from_le_bytes(*w))
        .collect();
    bank.burn_block(2, &words);
    assert_eq!(bank.software_word(2, 0), 0x0403_0201);
    assert_eq!(bank.software_word(2, 5), 0x1817_1615);
    assert_eq!((bank.software_word(2, 6), bank.software_word(2, 7)), (0, 0));
    assert_eq!(bank.hardware_word(2, 7), words[7]);
    assert!(bank.coding_errors().is_empty());
    bank.burn_word(2, 0, 0x8000_0000);
    assert_eq!(bank.coding_errors(), [(2, 0)]);
}

#[test]
fn what_is_not_there() {
    let mut bank = blank();
    assert_eq!(bank.burn_word(0, 7, 1), BurnOutcome::Protected);
    assert_eq!(bank.burn_word(4, 0, 1), BurnOutcome::Protected);
    assert_eq!(
        bank.burn_word(usize::MAX, usize::MAX, 0),
        BurnOutcome::Burned
    );
    assert_eq!(
        bank.burn_block(0, &[0, 0, 0, 0, 0, 0, 0, 1]),
        BurnOutcome::Protected
    );
    assert_eq!(bank.burn_block(0, &[0; 20]), BurnOutcome::Burned);
    assert_eq!(bank.software_word(usize::MAX, usize::MAX), 0);
    assert_eq!(
        (
            bank.block_words(0),
            bank.block_words(1),
            bank.block_words(4)
        ),
        (7, 8, 0)
    );
    assert_eq!(bank, blank());
}

proptest! {
    /// Whatever is burned in whatever order: bits never clear, protected bits never change, the outcome tells the
    /// truth, and software never sees more than the hardware holds.
    #[test]
    fn burning_obeys_the_rules(burns in prop::collection::vec((0usize..4, 0usize..8, any::<u32>(), any::<bool>()), 1..30)) {
        let mut bank = blank();
        for (block, word, bits, sparse) in burns {
            let bits = if sparse { bits & (bits << 3) & (bits >> 5) } else { bits };
            let before = bank.clone();
            let outcome = bank.burn_word(block, word, bits);
            let (old, new) = (before.hardware_word(block, word), bank.hardware_word(block, word));
            prop_assert_eq!(old & !new, 0);
            let there = word < before.block_words(block);
            prop_assert_eq!(outcome == BurnOutcome::Burned, if there { bits & !new == 0 } else { bits == 0 });
            for field in bank.fields().iter().filter(|field| field.block == block) {
                if before.is_write_protected(field) {
                    prop_assert_eq!((old ^ new) & field.mask(word), 0, "{}", field.name);
                } else if there {
                    prop_assert_eq!(bits & !new & field.mask(word), 0, "{}", field.name);
                }
            }
            for (block, word) in (0..4).flat_map(|block| (0..8).map(move |word| (block, word))) {
                let hidden = bank.software_word(block, word) & !bank.payload_word(block, word);
                prop_assert_eq!(hidden, 0);
            }
        }
    }
}
