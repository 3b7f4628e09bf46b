//! First boot of this project's own encrypting bootloader on the built-in chip, from plaintext flash to the app that runs
//! from encrypted flash.

use std::ops::Range;

use cloneproof::boot::{BootReport, GapKind, Stop};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::tables::esp32;
use cloneproof::efuse::{EfuseBank, FlashEncryption};
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::flash::build::FlashPart;
use cloneproof::flash::otadata::{OtaEntry, OtaState, Otadata};
use cloneproof::flash::partition::{
    FLAG_ENCRYPTED, Partition, PartitionTable, SUBTYPE_NVS, SUBTYPE_OTA_0, SUBTYPE_OTADATA,
    TYPE_APP, TYPE_DATA,
};
use cloneproof::flash::{FlashImage, SECTOR_SIZE};
use cloneproof::flash_cipher::FlashCipher;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, VirtualChip};

use crate::support::{
    assert_in_order, compose, limits, parts_with_bootloader, power_on, watch_for,
};

const BOOTLOADER: &[u8] =
    include_bytes!("../../../images/esp32-encrypting-bootloader/esp32-encrypting-bootloader.elf");
const APP: &[u8] = include_bytes!("../../../images/esp32-hello/esp32-hello.elf");
const REV3: ChipRevision = ChipRevision::new(3, 0);
const MAC: [u8; 6] = [0x24, 0x0A, 0xC4, 9, 0, 1];
const ALIVE: &str = "heartbeat 2";

/// Far more than a first boot takes, which is 14 million cycles.
fn first_boot_limits() -> RunLimits {
    limits(300_000_000, 3)
}

fn factory(revision: ChipRevision) -> EfuseBank {
    EfuseBank::factory(Chip::Esp32, revision, MAC)
}

fn plain_parts(table: &PartitionTable) -> Vec<FlashPart> {
    parts_with_bootloader(Chip::Esp32, APP, BOOTLOADER, table)
}

fn power(flash: &FlashImage, efuses: &EfuseBank) -> BuiltinChip {
    power_on(flash.clone(), efuses.clone(), Strap::FlashBoot)
}

/// The console until `text` appears on it, or a limit comes.
fn run_until(chip: &mut BuiltinChip, text: &str) -> (String, BootReport) {
    let report = watch_for(chip, &first_boot_limits(), text);
    (report.console_text(), report)
}

/// A first boot that must reach the app: the console, the flash and the eFuses after it.
#[track_caller]
fn first_boot(plain: &FlashImage, efuses: &EfuseBank) -> (String, FlashImage, EfuseBank) {
    let mut chip = power(plain, efuses);
    let (console, report) = run_until(&mut chip, ALIVE);
    assert_eq!(report.stop, Stop::Watch, "{console}");
    assert_eq!(report.resets.len(), 1, "{console}");
    (console, chip.flash().unwrap(), chip.efuses().unwrap())
}

fn sectors(offset: u32, len: usize) -> Range<u32> {
    offset..offset + len.next_multiple_of(SECTOR_SIZE) as u32
}

/// Just these ranges are ciphertext of what they were; everything else is what it was.
#[track_caller]
fn assert_encrypted(plain: &FlashImage, after: &FlashImage, bank: &EfuseBank, what: &[Range<u32>]) {
    let cipher = FlashCipher::from_efuses(bank);
    let mut expected = plain.clone();
    for range in what {
        let mut bytes = plain.read_vec(range.start, range.len());
        cipher.encrypt(range.start, &mut bytes);
        expected.write(range.start, &bytes);
    }
    let wrong = expected.differing_ranges(after, SECTOR_SIZE);
    assert!(wrong.is_empty(), "{wrong:x?}");
}

fn ranges_of(parts: &[FlashPart]) -> Vec<Range<u32>> {
    let range = |part: &FlashPart| sectors(part.offset, part.bytes.len());
    parts.iter().map(range).collect()
}

#[test]
fn first_boot_encrypts_itself() {
    let parts = plain_parts(&PartitionTable::single_app());
    let plain = compose(&parts);
    for (revision, name) in [(REV3, "v3.0"), (ChipRevision::new(1, 0), "v1.0")] {
        let (console, after, bank) = first_boot(&plain, &factory(revision));
        let banner =
            |state: &str| format!("cloneproof-boot: esp32 {name}, flash encryption {state}");
        assert_in_order(
            &console,
            &[
                &banner("off (FLASH_CRYPT_CNT 0x00)"),
                "Checking flash encryption...",
                "Generating new flash encryption key...",
                "Setting CRYPT_CONFIG efuse to 0xF",
                "BURN BLOCK1",
                "BURN BLOCK0",
                "bootloader encrypted successfully",
                "partition table encrypted and loaded successfully",
                "Encrypting partition 2 at offset 0x10000",
                "Done encrypting",
                "Flash encryption completed",
                "Resetting with flash encryption enabled...",
                "rst:0x3 (SW_RESET)",
                &banner("on (FLASH_CRYPT_CNT 0x7f)"),
                "flash encryption is enabled (0 plaintext flashes left)",
                "cloneproof-hello: esp32",
                "flash encryption: on",
                "rodata ok",
            ],
        );
        assert_encrypted(&plain, &after, &bank, &ranges_of(&parts));
        released(&bank);
        assert_eq!((bank.revision(), bank.mac()), (revision, MAC));
    }
}

/// What a device in release mode has.
#[track_caller]
fn released(bank: &EfuseBank) {
    assert!(bank.flash_encryption_enabled());
    assert_eq!(bank.get(&esp32::FLASH_CRYPT_CNT), 0x7F);
    assert_eq!(bank.flash_crypt_config(), 0xF);
    for field in [
        esp32::DISABLE_DL_ENCRYPT,
        esp32::DISABLE_DL_DECRYPT,
        esp32::DISABLE_DL_CACHE,
        esp32::JTAG_DISABLE,
        esp32::CONSOLE_DEBUG_DISABLE,
    ] {
        assert_eq!(bank.get(&field), 1, "{}", field.name);
    }
    assert!(bank.is_write_protected(&esp32::FLASH_CRYPT_CNT));
    assert!(bank.is_write_protected(&esp32::BLOCK1));
    assert!(bank.is_read_protected(&esp32::BLOCK1));
    assert!((0..8).any(|word| bank.hardware_word(1, word) != 0));
    assert!((0..8).all(|word| bank.software_word(1, word) == 0));
}

#[test]
fn the_clone_of_what_it_leaves_is_refused() {
    let plain = compose(&plain_parts(&PartitionTable::single_app()));
    let (_, after, bank) = first_boot(&plain, &factory(REV3));
    let (twin, report) = run_until(&mut power(&after, &bank), ALIVE);
    assert_eq!(report.stop, Stop::Watch, "{twin}");
    assert!(report.resets.is_empty());
    let word = u32::from_le_bytes(after.read_vec(0x1000, 4).try_into().unwrap());
    let refusal = format!("invalid header: {word:#010x}");
    let (console, report) = run_until(&mut power(&after, &factory(REV3)), &refusal);
    assert_eq!(report.stop, Stop::Watch, "{console}");
    assert!(!console.contains("entry 0x"), "{console}");
}

#[test]
fn every_chip_gets_a_key_of_its_own() {
    let plain = compose(&plain_parts(&PartitionTable::single_app()));
    let keys = [1, 2].map(|seed| {
        let (flash, efuses) = (plain.clone(), factory(REV3));
        let mut chip = BuiltinChip::new(PowerOn {
            flash,
            efuses,
            strap: Strap::FlashBoot,
            seed,
            flash_id: None,
        })
        .unwrap();
        run_until(&mut chip, ALIVE);
        chip.efuses().unwrap().flash_key()
    });
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_preloaded_key_is_used_and_an_unprotected_one_refused() {
    let parts = plain_parts(&PartitionTable::single_app());
    let plain = compose(&parts);
    let mut preloaded = FlashEncryption {
        crypt_config: 0,
        crypt_cnt: 0,
        ..FlashEncryption::development(&[0x5A; 32])
    };
    let mut bank = factory(REV3);
    bank.burn_flash_encryption(&preloaded).unwrap();
    let key = bank.flash_key();
    let (console, after, bank) = first_boot(&plain, &bank);
    assert_in_order(
        &console,
        &["Using pre-loaded flash encryption key in efuse"],
    );
    assert_eq!(bank.flash_key(), key);
    assert_encrypted(&plain, &after, &bank, &ranges_of(&parts));

    preloaded.read_protect_key = false;
    let mut bank = factory(REV3);
    bank.burn_flash_encryption(&preloaded).unwrap();
    let mut chip = power(&plain, &bank);
    let (console, _) = run_until(&mut chip, "Encryption flash contents failed");
    assert_in_order(
        &console,
        &["Invalid key state, check read&write protection"],
    );
    assert_eq!(chip.efuses().unwrap(), bank);
    assert_encrypted(&plain, &chip.flash().unwrap(), &bank, &[]);
}

#[test]
fn a_coded_key_block_gets_its_check_bytes() {
    let parts = plain_parts(&PartitionTable::single_app());
    let plain = compose(&parts);
    let mut bank = factory(REV3);
    // CODING_SCHEME 1: 3/4.
    bank.burn_word(0, 6, 1);
    let (_, after, bank) = first_boot(&plain, &bank);
    assert!(bank.coding_errors().is_empty());
    released(&bank);
    assert_encrypted(&plain, &after, &bank, &ranges_of(&parts));
}

/// Two slots with an app in each, otadata that chooses the second, one flagged partition and one that is not.
#[test]
fn slots_otadata_and_flagged_data_are_encrypted_and_the_chosen_slot_boots() {
    let mut flagged = Partition::new("secrets", TYPE_DATA, SUBTYPE_NVS, 0x11_0000, 0x2000);
    flagged.flags = FLAG_ENCRYPTED;
    let table = PartitionTable::new(vec![
        Partition::new("nvs", TYPE_DATA, SUBTYPE_NVS, 0x9000, 0x4000),
        Partition::new("otadata", TYPE_DATA, SUBTYPE_OTADATA, 0xD000, 0x2000),
        Partition::new("ota_0", TYPE_APP, SUBTYPE_OTA_0, 0x1_0000, 0x8_0000),
        Partition::new("ota_1", TYPE_APP, SUBTYPE_OTA_0 + 1, 0x9_0000, 0x8_0000),
        flagged,
        Partition::new("ota_2", TYPE_APP, SUBTYPE_OTA_0 + 2, 0x12_0000, 0x8_0000),
    ]);
    let mut parts = plain_parts(&table);
    let app = parts[2].bytes.clone();
    parts.push(FlashPart::new("ota_1", 0x9_0000, app));
    let images = ranges_of(&parts);
    let entries = [5, 2].map(|seq| OtaEntry::new(seq, OtaState::Valid));
    let otadata = Otadata { entries }.to_bytes();
    parts.push(FlashPart::new("otadata", 0xD000, otadata));
    parts.push(FlashPart::new("nvs", 0x9000, vec![0x11; 64]));
    parts.push(FlashPart::new("secrets", 0x11_0000, vec![0x22; 64]));
    let plain = compose(&parts);

    let (console, after, bank) = first_boot(&plain, &factory(REV3));
    let chosen = "Loaded app from partition at offset 0x90000";
    assert_in_order(&console, &[chosen, "Flash encryption completed", chosen]);
    let data = [0xD000..0xF000, 0x11_0000..0x11_2000];
    assert_encrypted(&plain, &after, &bank, &[&images[..], &data].concat());
}

#[test]
fn a_broken_app_or_table_is_refused_before_anything_is_burned() {
    let parts = plain_parts(&PartitionTable::single_app());
    let table = [
        (
            0x1_0100,
            "Checksum failed. Calculated 0x",
            "No bootable app partitions in the partition table",
        ),
        (
            0x1_0000,
            "has invalid magic byte",
            "No bootable app partitions",
        ),
        (
            0x8000,
            "partition 0 invalid magic number",
            "Failed to verify partition table",
        ),
        (
            0x8004,
            "Incorrect MD5 checksum",
            "load partition table error!",
        ),
    ];
    for (offset, first, last) in table {
        let mut flash = compose(&parts);
        let byte = flash.read_vec(offset, 1)[0] ^ 0x40;
        flash.write(offset, &[byte]);
        let mut chip = power(&flash, &factory(REV3));
        let (console, report) = run_until(&mut chip, last);
        assert_eq!(report.stop, Stop::Watch, "{console}");
        assert_in_order(&console, &[first]);
        assert_eq!(chip.efuses().unwrap(), factory(REV3));
        assert_eq!(chip.flash().unwrap().sha256(), flash.sha256());
    }
}

#[test]
fn a_write_protected_counter_stops_it() {
    let plain = compose(&plain_parts(&PartitionTable::single_app()));
    let mut bank = factory(REV3);
    // WR_DIS of FLASH_CRYPT_CNT.
    bank.burn_word(0, 0, 1 << 2);
    let mut chip = power(&plain, &bank);
    let (console, report) = run_until(&mut chip, "CRYPT_CNT (0) is write protected");
    assert_eq!(report.stop, Stop::Watch, "{console}");
    assert_eq!(chip.efuses().unwrap(), bank);
}

#[test]
fn it_touches_nothing_that_is_not_modelled() {
    let plain = compose(&plain_parts(&PartitionTable::single_app()));
    let (_, report) = run_until(&mut power(&plain, &factory(REV3)), ALIVE);
    // The ROM's own accesses are judged elsewhere.
    let in_rom = 0x4000_0000..0x4007_0000;
    let mut own = report
        .gaps
        .iter()
        .filter(|gap| !in_rom.contains(&gap.place.pc));
    let what: Option<&GapKind> = own.next().map(|gap| &gap.kind);
    assert_eq!(what, None);
}
