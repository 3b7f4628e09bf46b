//! Tests of the partition table.

use super::*;
use proptest::prelude::*;

/// The table of ESP-IDF's `partitions_singleapp.csv` as esp-idf-part writes it.
fn by_other_crate(table: &PartitionTable) -> Vec<u8> {
    use esp_idf_part::{AppType, DataType, Flags, SubType, Type};
    let partitions = table.partitions.iter().map(|partition| {
        let (kind, subtype) = match (partition.kind, partition.subtype) {
            (TYPE_APP, SUBTYPE_FACTORY) => (Type::App, SubType::App(AppType::Factory)),
            (TYPE_DATA, SUBTYPE_PHY) => (Type::Data, SubType::Data(DataType::Phy)),
            (TYPE_DATA, _) => (Type::Data, SubType::Data(DataType::Nvs)),
            (kind, subtype) => (Type::Custom(kind), SubType::Custom(subtype)),
        };
        let flags = Flags::from_bits_retain(partition.flags);
        esp_idf_part::Partition::new(
            partition.label.clone(),
            kind,
            subtype,
            partition.offset,
            partition.size,
            flags,
        )
    });
    let table = esp_idf_part::PartitionTable::new(partitions.collect());
    table.to_bin().unwrap()
}

#[test]
fn single_app_agrees_with_esp_idf_part() {
    let table = PartitionTable::single_app();
    let bytes = table.to_bytes().unwrap();
    assert_eq!(bytes, by_other_crate(&table));
    let theirs = esp_idf_part::PartitionTable::try_from_bytes(bytes.clone()).unwrap();
    assert_eq!(theirs.partitions().len(), 3);
    assert_eq!(PartitionTable::parse(&bytes), Ok(table.clone()));
    assert_eq!(table.check(0x8000, 2 << 20), Ok(()));
    assert_eq!(table.app(), table.find("factory"));
}

#[test]
fn damage_is_placed() {
    let good = PartitionTable::single_app().to_bytes().unwrap();
    let damaged = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        PartitionTable::parse(&bytes).unwrap_err()
    };
    assert_eq!(
        damaged(0x21, 0x51),
        PartitionError::Magic {
            at: 0x20,
            magic: 0x51AA
        }
    );
    assert_eq!(damaged(0x45, 1), PartitionError::Md5 { at: 0x60 });
    assert_eq!(damaged(0x70, 0), PartitionError::Md5 { at: 0x60 });
    assert_eq!(damaged(0x0C, 0x80), PartitionError::Label { at: 0 });
    assert_eq!(
        damaged(0x80, 0),
        PartitionError::Magic {
            at: 0x80,
            magic: 0xFF00
        }
    );
    let mut twice = good.clone();
    twice.copy_within(0x60..0x80, 0x80);
    assert_eq!(
        PartitionTable::parse(&twice),
        Err(PartitionError::SecondMd5 { at: 0x80 })
    );
    let mut after = good.clone();
    after.copy_within(0x40..0x60, 0x80);
    let error = PartitionTable::parse(&after).unwrap_err();
    assert!(matches!(error, PartitionError::AfterMd5 { at: 0x80, .. }));
}

#[test]
fn ends() {
    let good = PartitionTable::single_app().to_bytes().unwrap();
    assert_eq!(PartitionTable::parse(&[]), Err(PartitionError::Empty));
    assert_eq!(
        PartitionTable::parse(&good[..31]),
        Err(PartitionError::Empty)
    );
    assert_eq!(
        PartitionTable::parse(&[0xFF; 64]),
        Err(PartitionError::Empty)
    );
    assert_eq!(
        PartitionTable::parse(&good[..0x80]),
        Err(PartitionError::NoEnd { len: 0x80 })
    );
    let mut unsigned = good[..0x60].to_vec();
    unsigned.resize(0x80, 0xFF);
    assert!(!PartitionTable::parse(&unsigned).unwrap().has_md5);
}

#[test]
fn checks_name_the_entry() {
    let check = |change: fn(&mut PartitionTable)| {
        let mut table = PartitionTable::single_app();
        change(&mut table);
        table.check(0x8000, 4 << 20).unwrap_err()
    };
    let error = check(|table| table.partitions[1].offset = 0xE000);
    assert_eq!(
        error.to_string(),
        "partition \"phy_init\" (entry at 0x20) starts at 0xe000, inside partition \"nvs\""
    );
    let error = check(|table| table.partitions[0].offset = 0x8000);
    assert!(
        matches!(error, PartitionError::Overlap { at: 0, .. }),
        "{error}"
    );
    let error = check(|table| table.partitions[2].offset = 0x1_1000);
    assert!(matches!(
        error,
        PartitionError::Alignment {
            at: 0x40,
            alignment: 0x1_0000,
            ..
        }
    ));
    let error = check(|table| table.partitions[2].size = 0xFFFF_FFFF);
    assert!(
        matches!(error, PartitionError::Bounds { at: 0x40, .. }),
        "{error}"
    );
    let error = check(|table| table.partitions[0].size = 0);
    assert!(
        matches!(error, PartitionError::NoBytes { at: 0, .. }),
        "{error}"
    );
    let error = check(|table| table.partitions[2].label = "nvs".to_owned());
    assert!(
        matches!(error, PartitionError::SameLabel { at: 0x40, .. }),
        "{error}"
    );
}

#[test]
fn too_much_for_a_table() {
    let many = |count: u32| {
        let one = |i| Partition::new(&format!("p{i}"), 0x40, 0, 0x1_0000 + i * 0x1000, 0x1000);
        PartitionTable::new((0..count).map(one).collect())
    };
    assert_eq!(many(94).to_bytes().unwrap().len(), PARTITION_TABLE_MAX_LEN);
    assert_eq!(
        PartitionTable::parse(&many(94).to_bytes().unwrap()),
        Ok(many(94))
    );
    assert_eq!(
        many(95).to_bytes(),
        Err(PartitionError::TooMany { count: 95 })
    );
    assert_eq!(many(0).to_bytes(), Err(PartitionError::Empty));
    let mut table = many(1);
    table.partitions[0].label = "seventeen letters".to_owned();
    assert!(matches!(
        table.to_bytes(),
        Err(PartitionError::LongLabel { .. })
    ));
}

#[test]
fn what_is_encrypted() {
    let encrypted = |kind, subtype, flags| {
        let partition = Partition {
            flags,
            ..Partition::new("x", kind, subtype, 0, 0)
        };
        partition.is_encrypted()
    };
    assert!(encrypted(TYPE_APP, SUBTYPE_OTA_0, 0));
    assert!(encrypted(TYPE_DATA, SUBTYPE_OTADATA, 0));
    assert!(encrypted(TYPE_DATA, SUBTYPE_NVS_KEYS, 0));
    assert!(encrypted(TYPE_DATA, SUBTYPE_PHY, FLAG_ENCRYPTED));
    assert!(!encrypted(TYPE_DATA, SUBTYPE_NVS, FLAG_READONLY));
}

proptest! {
    #[test]
    fn round_trip(rows in prop::collection::vec(("[a-z]{1,16}", any::<[u8; 2]>(), any::<[u32; 3]>()), 1..20)) {
        let partitions = rows.into_iter().map(|(label, [kind, subtype], [offset, size, flags])| {
            Partition { label, kind, subtype, offset, size, flags }
        });
        let table = PartitionTable::new(partitions.collect());
        prop_assert_eq!(PartitionTable::parse(&table.to_bytes().unwrap()), Ok(table.clone()));
        // No values make the checks fail in another way than by an error.
        let _ = table.check(u32::MAX, usize::MAX);
    }

    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..300), good in 0usize..5) {
        let mut start = PartitionTable::single_app().to_bytes().unwrap();
        start.truncate(good * PARTITION_ENTRY_LEN);
        start.extend_from_slice(&bytes);
        if let Ok(table) = PartitionTable::parse(&start) {
            let _ = table.check(0x8000, 4 << 20);
        }
    }
}
