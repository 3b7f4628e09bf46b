//! Power cuts during the first boot of our own encrypting bootloader: what each leaves, on the built-in chip.

use cloneproof::boot::Signature;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::flash::build;
use cloneproof::flash::partition::PartitionTable;
use cloneproof_harness::proof::power_cut::{Outcome, SurveyError, survey, survey_at};
use regex::Regex;

const FLASH_SIZE: usize = 4 << 20;

fn plain(encrypting: bool) -> FlashImage {
    let app = include_bytes!("../../images/esp32-hello/esp32-hello.elf");
    let bootloader =
        include_bytes!("../../images/esp32-encrypting-bootloader/esp32-encrypting-bootloader.elf");
    let mut parts =
        build::parts_from_elf(Chip::Esp32, app, &PartitionTable::single_app(), FLASH_SIZE).unwrap();
    if encrypting {
        parts[0].bytes =
            build::bootloader_image_from_elf(Chip::Esp32, bootloader, FLASH_SIZE).unwrap();
    }
    build::compose(FLASH_SIZE, &parts).unwrap()
}

fn factory() -> EfuseBank {
    EfuseBank::factory(
        Chip::Esp32,
        ChipRevision::new(3, 0),
        [0x24, 0x0a, 0xc4, 7, 0, 1],
    )
}

#[test]
fn plaintext_goes_step_by_step_and_a_cut_in_between_costs_the_device() {
    let heartbeat = Regex::new("heartbeat 1").unwrap();
    let survey = survey(&plain(true), &factory(), &heartbeat, 9).unwrap();
    assert_eq!(survey.cuts.len(), 9);
    assert_eq!(survey.undisturbed.plaintext_bytes, 0);
    assert_eq!(survey.undisturbed.power_back, Outcome::Boots);
    assert!(matches!(
        &survey.undisturbed.clone,
        Outcome::Refused {
            signature: Signature::InvalidHeader,
            ..
        }
    ));
    let exposed: Vec<usize> = survey.cuts.iter().map(|cut| cut.plaintext_bytes).collect();
    assert!(exposed.iter().rev().is_sorted(), "{exposed:?}");
    assert!(
        exposed[0] > 0 && exposed[0] < survey.original_bytes,
        "{exposed:?}"
    );
    // Behind the bootloader's own encryption and before the counter is burned, nothing starts any more.
    let lost = survey
        .cuts
        .iter()
        .filter(|cut| cut.power_back != Outcome::Boots)
        .count();
    assert!(lost >= 7, "{survey:#?}");
    assert!(
        survey.cuts.iter().all(|cut| cut.clone != Outcome::Boots),
        "{survey:#?}"
    );
}

#[test]
fn before_the_first_erase_everything_is_plain() {
    let heartbeat = Regex::new("heartbeat 1").unwrap();
    let flash = plain(true);
    let original = survey(&flash, &factory(), &heartbeat, 1)
        .unwrap()
        .original_bytes;
    let cuts = survey_at(&flash, &factory(), &heartbeat, 1..=4).unwrap();
    let first_erase = cuts
        .iter()
        .position(|cut| cut.last.contains("erase"))
        .unwrap();
    assert!(first_erase > 0, "{cuts:#?}");
    for cut in &cuts[..first_erase] {
        assert_eq!(cut.plaintext_bytes, original, "{cut:?}");
        // Everything is still plain: whoever copies the flash now has a running device.
        assert_eq!(cut.clone, Outcome::Boots, "{cut:?}");
    }
    // The key burned, its protection not: the bootloader will not use such a key. Both burned: it goes on.
    assert_ne!(cuts[0].power_back, Outcome::Boots, "{:?}", cuts[0]);
    assert_eq!(
        cuts[first_erase - 1].power_back,
        Outcome::Boots,
        "{:?}",
        cuts[first_erase - 1]
    );
}

#[test]
fn a_boot_that_changes_nothing_has_no_point_to_cut_at() {
    let heartbeat = Regex::new("heartbeat 1").unwrap();
    let result = survey(&plain(false), &factory(), &heartbeat, 5);
    assert!(matches!(result, Err(SurveyError::NoChanges)), "{result:?}");
}
