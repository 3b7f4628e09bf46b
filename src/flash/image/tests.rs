//! Tests of the flash image.

use super::*;
use proptest::prelude::*;

const SIZE: usize = 4 * PAGE_SIZE;

#[test]
fn programming_only_clears_bits() {
    let mut flash = FlashImage::erased(SIZE);
    flash.program(0x10, &[0xF0]);
    flash.program(0x10, &[0x3C]);
    assert_eq!(flash.read_vec(0x0F, 3), [0xFF, 0x30, 0xFF]);
    flash.erase(0, SECTOR_SIZE as u32);
    assert_eq!(flash, FlashImage::erased(SIZE));
}

#[test]
fn ends_are_respected() {
    let mut flash = FlashImage::erased(SIZE);
    flash.program(SIZE as u32 - 1, &[0, 0, 0]);
    flash.write(u32::MAX, &[0; 8]);
    flash.erase(u32::MAX - 2, u32::MAX);
    let mut out = [0x55; 3];
    flash.read(SIZE as u32 - 1, &mut out);
    assert_eq!(out, [0, 0xFF, 0xFF]);
    flash.read(u32::MAX, &mut out);
    assert_eq!(out, [0xFF; 3]);
    assert!(flash.read_vec(u32::MAX, 5).is_empty());
    assert_eq!(flash.page(99), &[0xFF; PAGE_SIZE]);
}

#[test]
fn sizes_are_named() {
    assert_eq!(FlashImage::from_bytes(&[]), Err(FlashSizeError::Empty));
    assert_eq!(
        FlashImage::from_bytes(&[0; 5000]),
        Err(FlashSizeError::NotPages { size: 5000 })
    );
    let size = MAX_FLASH_SIZE + PAGE_SIZE;
    assert_eq!(
        FlashImage::check_size(size),
        Err(FlashSizeError::TooLarge { size })
    );
    assert!(FlashImage::check_size_for(Chip::Esp32, 4 << 20).is_ok());
    for size in [0, 3 << 20, 32 << 20, 1 << 12] {
        let error = FlashImage::check_size_for(Chip::Esp32, size).unwrap_err();
        assert!(error.to_string().contains(&size.to_string()), "{error}");
    }
}

#[test]
fn clones_share_pages_until_written() {
    let mut flash = FlashImage::from_bytes(&[7; SIZE]).unwrap();
    let copy = flash.clone();
    assert!(copy.shares_page(&flash, 2));
    flash.write(2 * PAGE_SIZE as u32, &[8]);
    assert!(!copy.shares_page(&flash, 2));
    assert!(copy.shares_page(&flash, 1));
    assert_eq!(copy.to_vec(), [7; SIZE]);
    assert_eq!(copy.differing_ranges(&flash, 1), vec![8192..8193; 1]);
    assert_eq!(copy.differing_ranges(&flash, 4096), vec![8192..12288; 1]);
}

#[test]
fn sizes_differ_too() {
    let (short, long) = (FlashImage::erased(SIZE), FlashImage::erased(2 * SIZE));
    assert_eq!(short.differing_ranges(&long, 1), vec![SIZE..2 * SIZE; 1]);
    assert_ne!(short, long);
}

/// `head -c 8192 /dev/zero | tr '\0' '\377' | sha256sum`
#[test]
fn hash_of_erased_flash() {
    let hash = FlashImage::erased(8192).sha256();
    assert_eq!(crate::hex::encode(hash), HASH_OF_8192_FF);
}

const HASH_OF_8192_FF: &str = "7d2c7ac4888bfd75cd5f56e8d61f69595121183afc81556c876732fd3782c62f";

/// What is done to the flash: kind, offset, bytes.
fn operations() -> impl Strategy<Value = Vec<(u8, u32, Vec<u8>)>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..6000);
    prop::collection::vec((0u8..3, 0u32..(SIZE as u32 + 100), bytes), 1..12)
}

proptest! {
    /// The pages behave as one plain array of bytes does.
    #[test]
    fn behaves_as_flat_array(operations in operations()) {
        let mut flash = FlashImage::erased(SIZE);
        let mut flat = vec![0xFFu8; SIZE];
        for (kind, offset, bytes) in operations {
            match kind {
                0 => flash.program(offset, &bytes),
                1 => flash.write(offset, &bytes),
                _ => flash.erase(offset, bytes.len() as u32),
            }
            for (cell, byte) in flat.iter_mut().skip(offset as usize).zip(&bytes) {
                *cell = match kind { 0 => *cell & byte, 1 => *byte, _ => 0xFF };
            }
        }
        prop_assert_eq!(&flash.to_vec(), &flat);
        prop_assert_eq!(&FlashImage::from_bytes(&flat).unwrap(), &flash);
        prop_assert!(flash.differing_ranges(&FlashImage::from_bytes(&flat).unwrap(), 1).is_empty());
    }

    /// Applying the differing ranges of one image to the other makes them equal, and no range is too wide.
    #[test]
    fn differing_ranges_are_exact(a in operations(), grain in 1usize..300) {
        let base = FlashImage::from_bytes(&[0xA5; SIZE]).unwrap();
        let mut other = base.clone();
        for (_, offset, bytes) in a {
            other.write(offset, &bytes);
        }
        for grain in [1, grain] {
            let mut patched = base.clone();
            for range in base.differing_ranges(&other, grain) {
                patched.write(range.start as u32, &other.read_vec(range.start as u32, range.len()));
            }
            prop_assert_eq!(&patched, &other);
        }
        for range in base.differing_ranges(&other, 1) {
            for at in range {
                prop_assert_ne!(base.read_vec(at as u32, 1), other.read_vec(at as u32, 1));
            }
        }
    }
}
