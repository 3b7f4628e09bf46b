//! What firmware says about itself, and how much of it lies open in a flash.

use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::flash::app_image::{AppDescriptor, AppImage, BootloaderDescriptor};
use cloneproof::flash::build::FlashPart;
use cloneproof::flash::partition::{PartitionTable, TYPE_APP};

use crate::input::firmware::{Firmware, PARTITION_TABLE};

/// Bytes that the cipher of the ESP32 encrypts together: a block that lies in flash as it was built is not encrypted.
const BLOCK: usize = 16;

/// The partition table among the parts.
pub fn table(firmware: &Firmware) -> Option<PartitionTable> {
    let part = firmware.parts.iter().find(|p| p.name == PARTITION_TABLE)?;
    PartitionTable::parse(&part.bytes).ok()
}

/// The descriptor of the app that starts first, where the app has one.
pub fn app(firmware: &Firmware) -> Option<AppDescriptor> {
    let offset = table(firmware)?.app()?.offset;
    let bytes = &at(firmware, offset)?.bytes;
    AppImage::parse(bytes).ok()?.descriptor(bytes)
}

/// The descriptor of the bootloader, where it has one.
pub fn bootloader(chip: Chip, firmware: &Firmware) -> Option<BootloaderDescriptor> {
    let bytes = &at(firmware, chip.spec().bootloader_offset)?.bytes;
    AppImage::parse(bytes).ok()?.bootloader_descriptor(bytes)
}

fn at(firmware: &Firmware, offset: u32) -> Option<&FlashPart> {
    firmware.parts.iter().find(|part| part.offset == offset)
}

/// What whoever reads a flash chip sees in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// Bytes of the firmware, without erased blocks.
    pub firmware: usize,
    /// How many of them lie in flash as they were built.
    pub plain: usize,
    /// Data partitions that flash encryption leaves alone and that hold something: label and bytes that are not erased.
    pub data: Vec<(String, usize)>,
}

/// Compares a flash with the firmware as it was built. `efuses` are those of the chip that the flash belongs to.
pub fn exposure(firmware: &Firmware, flash: &FlashImage, efuses: &EfuseBank) -> Exposure {
    let mut exposure = Exposure {
        firmware: 0,
        plain: 0,
        data: Vec::new(),
    };
    let table = table(firmware);
    let data_partitions = || {
        let all = table.iter().flat_map(|table| &table.partitions);
        all.filter(|partition| partition.kind != TYPE_APP)
    };
    for part in &firmware.parts {
        // What data partitions hold is counted there.
        let end = |p: &cloneproof::flash::partition::Partition| p.offset.saturating_add(p.size);
        if data_partitions().any(|p| (p.offset..end(p)).contains(&part.offset)) {
            continue;
        }
        let now = flash.read_vec(part.offset, part.bytes.len());
        for (built, found) in part.bytes.chunks(BLOCK).zip(now.chunks(BLOCK)) {
            if built.iter().any(|byte| *byte != 0xFF) {
                exposure.firmware += built.len();
                exposure.plain += if built == found { built.len() } else { 0 };
            }
        }
    }
    let on = efuses.flash_encryption_enabled();
    for partition in data_partitions().filter(|partition| !(on && partition.is_encrypted())) {
        let size = (partition.size as usize).min(flash.size());
        let bytes = flash.read_vec(partition.offset, size);
        let written = bytes.iter().filter(|byte| **byte != 0xFF).count();
        if written > 0 {
            exposure.data.push((partition.label.clone(), written));
        }
    }
    exposure
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::firmware;
    use crate::input::scenario::Flash;
    use crate::proof::provision;
    use crate::testing;
    use std::sync::Arc;

    #[test]
    fn plain_flash_is_all_open_and_encrypted_flash_is_not() {
        let scenario = testing::scenario();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../images/esp32-hello");
        let sources = firmware::manifest_sources(Chip::Esp32, &folder).unwrap();
        let firmware = Arc::new(firmware::load(Chip::Esp32, 1 << 21, sources).unwrap());
        let flash = Flash {
            size: 1 << 21,
            firmware: firmware.clone(),
            provision: crate::input::scenario::Provision::PreEncrypted,
        };
        let descriptor = bootloader(Chip::Esp32, &firmware).unwrap();
        assert!(descriptor.idf_version.starts_with('v'));
        let blank = EfuseBank::blank(Chip::Esp32);
        let mut plain = provision::flash(&flash, &blank);
        plain.write(0x9000, b"password");
        let open = exposure(&firmware, &plain, &blank);
        assert!(open.firmware > 10_000);
        assert_eq!(open.plain, open.firmware);
        assert_eq!(open.data, [("nvs".to_owned(), 8)]);
        let mut closed = provision::flash(&flash, &scenario.donor.bank);
        closed.write(0x9000, b"password");
        let left = exposure(&firmware, &closed, &scenario.donor.bank);
        assert_eq!((left.firmware, left.plain), (open.firmware, 0));
        assert_eq!(left.data, open.data);
    }
}
