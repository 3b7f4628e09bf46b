//! Tests of building flash contents.

use super::*;
use crate::flash::partition::{Partition, TYPE_DATA};
use proptest::prelude::*;

const SIZE: usize = 4 << 20;

#[test]
fn stock_bootloader_and_smallest_app() {
    let table = PartitionTable::single_app();
    let parts = parts_from_elf(Chip::Esp32, &elf::smallest(), &table, SIZE).unwrap();
    let offsets: Vec<u32> = parts.iter().map(|part| part.offset).collect();
    assert_eq!(offsets, [0x1000, 0x8000, 0x1_0000]);
    let flash = compose(SIZE, &parts).unwrap();
    let table_bytes = flash.read_vec(0x8000, 0xC00);
    assert_eq!(PartitionTable::parse(&table_bytes), Ok(table));
    let app = AppImage::parse_verified(&flash.read_vec(0x1_0000, 0x1000)).unwrap();
    assert_eq!(app.header.entry, 0x4008_0000);
    assert_eq!(app.header.flash_size(), SIZE as u64);
    let bootloader = AppImage::parse_verified(&flash.read_vec(0x1000, 0x7000)).unwrap();
    assert!(bootloader.len > 0x4000);
    assert_eq!(bootloader.header.flash_size(), SIZE as u64);
    assert_eq!(flash.read_vec(0xFFF, 2), [0xFF, 0xE9]);
}

#[test]
fn each_bootable_chip_gets_its_own_bootloader_and_app() {
    let elfs: [(Chip, &[u8]); 3] = [
        (
            Chip::Esp32,
            include_bytes!("../../../images/esp32-hello/esp32-hello.elf"),
        ),
        (
            Chip::Esp32C3,
            include_bytes!("../../../images/esp32c3-hello/esp32c3-hello.elf"),
        ),
        (
            Chip::Esp32S3,
            include_bytes!("../../../images/esp32s3-hello/esp32s3-hello.elf"),
        ),
    ];
    for (chip, elf) in elfs {
        let parts = parts_from_elf(chip, elf, &PartitionTable::single_app(), SIZE).unwrap();
        assert_eq!(parts[0].offset, chip.spec().bootloader_offset);
        for part in [&parts[0], &parts[2]] {
            let image = AppImage::parse_verified(&part.bytes).unwrap();
            assert_eq!(image.header.chip_id, chip.spec().image_chip_id, "{chip}");
            image.check_mapping(chip).unwrap();
        }
        let others = Chip::BOOTABLE.into_iter().filter(|other| *other != chip);
        for other in others {
            assert!(app_image_from_elf(other, elf, SIZE).is_err(), "{other}");
        }
    }
}

#[test]
fn every_flash_size_of_the_header() {
    for megabytes in [1, 2, 4, 8, 16] {
        let bytes = stock_bootloader(Chip::Esp32, megabytes << 20).unwrap();
        let image = AppImage::parse_verified(&bytes).unwrap();
        assert_eq!(image.header.flash_size(), (megabytes as u64) << 20);
    }
    let size = 3 << 20;
    assert_eq!(
        stock_bootloader(Chip::Esp32, size),
        Err(BuildError::HeaderSize { size })
    );
}

#[test]
fn other_files_are_refused() {
    let refused = |file: &[u8]| {
        app_image_from_elf(Chip::Esp32, file, SIZE)
            .unwrap_err()
            .to_string()
    };
    assert!(refused(b"").contains("not a 32-bit ELF file"));
    let mut other = elf::smallest();
    other[18] = 243;
    assert!(refused(&other).contains("machine"), "{}", refused(&other));
    let mut outside = elf::smallest();
    // The second section header's size field.
    let at = outside.len() - 80 + 20;
    outside[at + 2] = 1;
    assert!(
        refused(&outside).contains(".text lies outside"),
        "{}",
        refused(&outside)
    );
    let mut empty = elf::smallest();
    empty[at] = 0;
    assert!(
        refused(&empty).contains("no section"),
        "{}",
        refused(&empty)
    );
    let mut high = elf::smallest();
    high[at - 8..at - 4].copy_from_slice(&0xFFFF_FFF8u32.to_le_bytes());
    assert!(
        refused(&high).contains("behind the address space"),
        "{}",
        refused(&high)
    );
}

#[test]
fn app_must_fit_its_partition() {
    let mut table = PartitionTable::single_app();
    table.partitions[2].size = 0x10;
    let error = parts_from_elf(Chip::Esp32, &elf::smallest(), &table, SIZE).unwrap_err();
    assert!(
        matches!(error, BuildError::TooLarge { room: 0x10, .. }),
        "{error}"
    );
    let data = vec![Partition::new("nvs", TYPE_DATA, 2, 0x9000, 0x6000)];
    let error = parts_from_elf(
        Chip::Esp32,
        &elf::smallest(),
        &PartitionTable::new(data),
        SIZE,
    );
    assert_eq!(error, Err(BuildError::NoAppPartition));
}

#[test]
fn parts_must_not_overlap_or_leave() {
    let part = |name: &str, offset, len| FlashPart::new(name, offset, vec![0; len]);
    let error = compose(0x4000, &[part("b", 0x1FFF, 1), part("a", 0x1000, 0x1000)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "b at 0x1fff overlaps a, which ends at 0x2000"
    );
    let error = compose(0x4000, &[part("a", 0x3FFF, 2)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a of 0x2 bytes does not fit the 0x1 bytes from 0x3fff on"
    );
    assert!(matches!(compose(100, &[]), Err(BuildError::Size(_))));
    assert_eq!(compose(0x4000, &[]).unwrap(), FlashImage::erased(0x4000));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A damaged ELF file is refused or built, never a panic.
    #[test]
    fn damaged_elf_files_are_survived(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut file = elf::smallest();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let _ = app_image_from_elf(Chip::Esp32, &file, SIZE);
    }
}
