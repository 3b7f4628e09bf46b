//! What a report says about the firmware in the donor's flash.

use cloneproof::flash::FlashImage;
use cloneproof::hex;

use super::model::{AppInfo, BootloaderInfo, FirmwareInfo, PlaintextInfo};
use crate::base::text::printable;
use crate::input::facts;
use crate::input::scenario::Scenario;
use crate::proof::provision;
use crate::proof::replay::Played;

/// What is known of a scenario's firmware, and of how it lies in the flash that the donor left.
pub fn info(scenario: &Scenario, donor: &Played) -> FirmwareInfo {
    let firmware = &scenario.flash.firmware;
    // A donor can have switched encryption on by itself.
    let ranges = provision::encrypted_ranges(&scenario.flash, &donor.efuses_after);
    let exposure = facts::exposure(firmware, &donor.flash_after, &donor.efuses_after);
    FirmwareInfo {
        name: firmware.name.clone(),
        sha256: hex::encode(firmware.sha256),
        header: header(scenario, &donor.flash_after),
        encrypted: ranges
            .iter()
            .map(|range| format!("{:#x}-{:#x}", range.start, range.end))
            .collect(),
        app: facts::app(firmware).map(|app| AppInfo {
            name: printable(&app.project),
            version: printable(&app.version),
            idf_version: printable(&app.idf_version),
            built: printable(format!("{} {}", app.date, app.time).trim()),
            secure_version: app.secure_version,
        }),
        bootloader: facts::bootloader(scenario.chip, firmware).map(|loader| BootloaderInfo {
            version: loader.version,
            idf_version: printable(&loader.idf_version),
            built: printable(&loader.date_time),
            secure_version: loader.secure_version,
        }),
        plaintext: PlaintextInfo {
            firmware_bytes: exposure.firmware,
            plain_bytes: exposure.plain,
            data: exposure
                .data
                .iter()
                .map(|(label, bytes)| format!("{}: {bytes}", printable(label)))
                .collect(),
        },
    }
}

/// The first word at the bootloader's place in the copied flash, as the ROM prints it: most significant byte first.
fn header(scenario: &Scenario, flash: &FlashImage) -> String {
    let mut word = [0; 4];
    flash.read(scenario.chip.spec().bootloader_offset, &mut word);
    format!("{:#010x}", u32::from_le_bytes(word))
}
