//! Tests of the image format.

use super::*;
use crate::flash::build::stock_bootloader;
use proptest::prelude::*;

/// An image of these segments as the format's description says it.
fn image(segments: &[(u32, Vec<u8>)], hash: bool) -> Vec<u8> {
    let mut bytes = vec![IMAGE_MAGIC, segments.len() as u8, 2, 0x20];
    bytes.extend_from_slice(&0x4008_0000u32.to_le_bytes());
    bytes.extend_from_slice(&[0xEE, 0, 0, 0, 0, 0, 0, 100, 0, 0x2B, 1, 0, 0, 0, 0]);
    bytes.push(hash.into());
    let mut checksum = 0xEF;
    for (address, data) in segments {
        bytes.extend_from_slice(&address.to_le_bytes());
        bytes.extend_from_slice(&(data.len() as u32).to_le_bytes());
        bytes.extend_from_slice(data);
        checksum = data.iter().fold(checksum, |sum, byte| sum ^ byte);
    }
    while bytes.len() % 16 != 15 {
        bytes.push(0);
    }
    bytes.push(checksum);
    if hash {
        let hash = Sha256::digest(&bytes);
        bytes.extend_from_slice(&hash);
    }
    bytes
}

fn example() -> Vec<u8> {
    let segments = [
        (0x3F40_0020, vec![1; 512]),
        (0, vec![0; 8]),
        (0x4008_0000, vec![3; 4]),
    ];
    image(&segments, true)
}

#[test]
fn structure() {
    let bytes = example();
    let parsed = AppImage::parse_verified(&bytes).unwrap();
    assert_eq!(parsed.len, bytes.len());
    assert_eq!(parsed.hash_at, Some(bytes.len() - 32));
    let uses: Vec<_> = parsed
        .segments
        .iter()
        .map(|s| s.use_on(Chip::Esp32))
        .collect();
    assert_eq!(
        uses,
        [SegmentUse::Mapped, SegmentUse::Padding, SegmentUse::Loaded]
    );
    assert_eq!(parsed.header.flash_size(), 4 << 20);
    assert_eq!(parsed.header.entry, 0x4008_0000);
    assert_eq!(parsed.check_mapping(Chip::Esp32), Ok(()));
    let mut longer = bytes.clone();
    longer.extend_from_slice(&[0xFF; 100]);
    assert_eq!(AppImage::parse_verified(&longer), Ok(parsed.clone()));
    assert_eq!(
        parsed.verify(&bytes[..40]),
        Err(AppImageError::OtherBytes {
            len: 40,
            needed: bytes.len()
        })
    );
}

#[test]
fn chip_and_revision() {
    let parsed = AppImage::parse(&example()).unwrap();
    let check = |major, minor| parsed.check_chip(Chip::Esp32, ChipRevision::new(major, minor));
    assert_eq!(check(1, 0), Ok(()));
    assert_eq!(check(2, 99), Ok(()));
    let error = check(0, 0).unwrap_err();
    assert!(
        matches!(
            error,
            AppImageError::Revision {
                min: 100,
                max: 299,
                ..
            }
        ),
        "{error}"
    );
    assert!(check(3, 0).is_err());
    let mut other = example();
    other[12] = 9;
    let error = AppImage::parse(&other).unwrap();
    let error = error
        .check_chip(Chip::Esp32, ChipRevision::new(1, 0))
        .unwrap_err();
    assert!(
        matches!(error, AppImageError::Chip { found: 9, .. }),
        "{error}"
    );
}

#[test]
fn damage_is_placed() {
    let damaged = |at: usize, byte: u8| {
        let mut bytes = example();
        bytes[at] = byte;
        AppImage::parse_verified(&bytes).unwrap_err()
    };
    let len = example().len();
    assert_eq!(damaged(0, 0xFF), AppImageError::Magic { found: 0xFF });
    assert_eq!(damaged(1, 17), AppImageError::SegmentCount { count: 17 });
    assert_eq!(
        damaged(28, 2),
        AppImageError::SegmentLength {
            number: 0,
            at: 24,
            length: 0x202
        }
    );
    let error = damaged(31, 1);
    assert!(
        matches!(error, AppImageError::SegmentLength { number: 0, .. }),
        "{error}"
    );
    let error = damaged(30, 1);
    assert!(
        matches!(
            error,
            AppImageError::Truncated {
                part: "segment",
                at: 32,
                ..
            }
        ),
        "{error}"
    );
    let error = damaged(40, 0);
    assert!(
        matches!(error, AppImageError::Checksum { computed, .. } if computed != 0),
        "{error}"
    );
    assert_eq!(damaged(9, 1), AppImageError::Hash { at: len - 32 });
    assert_eq!(damaged(len - 1, 0), AppImageError::Hash { at: len - 32 });
}

#[test]
fn every_cut_is_noticed() {
    let bytes = example();
    for len in 0..bytes.len() {
        let error = AppImage::parse(&bytes[..len]).unwrap_err();
        assert!(
            matches!(error, AppImageError::Truncated { len: l, .. } if l == len),
            "{error}"
        );
    }
}

#[test]
fn unmappable_segment() {
    let bytes = image(&[(0x400D_0000, vec![0; 64])], false);
    let parsed = AppImage::parse_verified(&bytes).unwrap();
    let error = parsed.check_mapping(Chip::Esp32).unwrap_err();
    assert!(
        matches!(
            error,
            AppImageError::Mapping {
                number: 0,
                at: 32,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn descriptor_is_read() {
    let mut data = vec![0; 256];
    data[..4].copy_from_slice(&AppDescriptor::MAGIC.to_le_bytes());
    data[4] = 7;
    data[16..21].copy_from_slice(b"1.2.3");
    data[48..80].copy_from_slice(&[b'p'; 32]);
    data[112..116].copy_from_slice(b"v6.1");
    data[175] = 9;
    let bytes = image(&[(0x3F40_0020, data)], true);
    let found = AppImage::parse(&bytes).unwrap().descriptor(&bytes).unwrap();
    assert_eq!((found.secure_version, found.version.as_str()), (7, "1.2.3"));
    assert_eq!(
        (found.project.len(), found.idf_version.as_str()),
        (32, "v6.1")
    );
    assert_eq!(found.elf_sha256[31], 9);
    let other = example();
    assert_eq!(AppImage::parse(&other).unwrap().descriptor(&other), None);
}

/// Espressif's own build: its checksum and hash come from esptool.
#[test]
fn stock_bootloader_is_right() {
    let bytes = stock_bootloader(Chip::Esp32, 4 << 20).unwrap();
    let parsed = AppImage::parse_verified(&bytes).unwrap();
    assert_eq!(parsed.len, bytes.len());
    assert_eq!(
        parsed.check_chip(Chip::Esp32, ChipRevision::new(3, 0)),
        Ok(())
    );
    assert!(
        parsed
            .segments
            .iter()
            .all(|s| s.use_on(Chip::Esp32) == SegmentUse::Loaded)
    );
    let descriptor = parsed.bootloader_descriptor(&bytes).unwrap();
    // As `strings` shows it in espflash's esp32-bootloader.bin, which is built without a date.
    assert_eq!(descriptor.idf_version, "v6.1-829-g9a97f6c54ec");
    assert_eq!((descriptor.version, descriptor.secure_version), (1, 0));
    assert_eq!(descriptor.date_time, "");
    assert_eq!(parsed.descriptor(&bytes), None);
}

proptest! {
    #[test]
    fn built_images_verify(lens in prop::collection::vec(0usize..40, 0..=16), hash: bool, byte: u8) {
        let segments: Vec<_> = lens.iter().map(|len| (0x3FFB_0000, vec![byte; len * 4])).collect();
        let bytes = image(&segments, hash);
        let parsed = AppImage::parse_verified(&bytes).unwrap();
        prop_assert_eq!(parsed.len, bytes.len());
        prop_assert_eq!(parsed.segments.len(), segments.len());
    }

    /// Any change of a byte is noticed where there is a hash.
    #[test]
    fn changes_are_noticed(at in any::<prop::sample::Index>(), change in 1u8..) {
        let mut bytes = example();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        prop_assert!(AppImage::parse_verified(&bytes).is_err());
    }

    #[test]
    fn any_bytes_are_survived(mut bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Some(first) = bytes.first_mut() {
            *first = IMAGE_MAGIC;
        }
        if let Ok(image) = AppImage::parse_verified(&bytes) {
            let _ = (image.check_mapping(Chip::Esp32), image.descriptor(&bytes));
        }
    }
}
