//! Makes the donor's flash: plain firmware in, the bytes that lie in its flash out.

use std::ops::Range;

use cloneproof::efuse::EfuseBank;
use cloneproof::flash::{FlashImage, SECTOR_SIZE};
use cloneproof::flash_cipher::FlashCipher;

use crate::input::scenario::Flash;

/// The flash ranges that lie encrypted in the flash of a chip with these eFuses: none unless encryption is on.
pub fn encrypted_ranges(flash: &Flash, efuses: &EfuseBank) -> Vec<Range<u32>> {
    if efuses.flash_encryption_enabled() {
        flash.firmware.encrypted.clone()
    } else {
        Vec::new()
    }
}

/// Whether a donor that was powered on with the flash `plain` has encrypted it: its eFuses switch encryption on, and no
/// sector of what ESP-IDF encrypts is what it was.
pub fn encrypted_itself(
    flash: &Flash,
    plain: &FlashImage,
    after: &FlashImage,
    efuses: &EfuseBank,
) -> bool {
    let sectors = |range: &Range<u32>| range.clone().step_by(SECTOR_SIZE);
    let sector = |image: &FlashImage, offset| image.read_vec(offset, SECTOR_SIZE);
    efuses.flash_encryption_enabled()
        && flash
            .firmware
            .encrypted
            .iter()
            .flat_map(sectors)
            .all(|offset| sector(plain, offset) != sector(after, offset))
}

/// The flash as the manufacturer ships it: erased, the firmware's parts written, and what ESP-IDF's first boot would
/// have encrypted in place encrypted with the chip's own cipher.
pub fn flash(flash: &Flash, efuses: &EfuseBank) -> FlashImage {
    let mut image = FlashImage::erased(flash.size as usize);
    for part in &flash.firmware.parts {
        image.write(part.offset, &part.bytes);
    }
    let cipher = FlashCipher::from_efuses(efuses);
    for range in encrypted_ranges(flash, efuses) {
        let mut bytes = image.read_vec(range.start, range.len());
        cipher.encrypt(range.start, &mut bytes);
        image.write(range.start, &bytes);
    }
    image
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn encryption_off_leaves_everything_plain() {
        let scenario = testing::scenario();
        let plain = EfuseBank::blank(scenario.chip);
        let image = flash(&scenario.flash, &plain);
        assert_eq!(image.read_vec(0x1000, 4), testing::BOOTLOADER[..4]);
        assert!(encrypted_ranges(&scenario.flash, &plain).is_empty());
    }

    #[test]
    fn encrypted_flash_decrypts_to_the_plain_parts_and_the_rest_is_untouched() {
        let scenario = testing::scenario();
        let image = flash(&scenario.flash, &scenario.donor.bank);
        assert_ne!(image.read_vec(0x1000, 4), testing::BOOTLOADER[..4]);
        let cipher = FlashCipher::from_efuses(&scenario.donor.bank);
        let mut bytes = image.read_vec(0x1000, 32);
        cipher.decrypt(0x1000, &mut bytes);
        assert_eq!(bytes, testing::BOOTLOADER);
        assert_eq!(image.read_vec(0x2000, 16), [0xFF; 16]);
        assert_eq!(image.read_vec(0, 16), [0xFF; 16]);
    }
}
