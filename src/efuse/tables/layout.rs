//! Blocks of the chips whose fields stand in no table yet: they can be stored, nothing in them is known by name.

use super::{BlockCoding, BlockSpec, ChipTable, RevisionFields};
use crate::efuse::Field;

/// The blocks of the chips from the ESP32-S2 on (esptool `espefuse/efuse/esp32c3/mem_definition.py`).
pub(super) const LARGE_BLOCKS: &[BlockSpec] = &[
    BlockSpec::new(6, None, None),
    BlockSpec::new(6, Some(20), None),
    BlockSpec::new(8, Some(21), None),
    BlockSpec::new(8, Some(22), None),
    BlockSpec::new(8, Some(23), Some(0)),
    BlockSpec::new(8, Some(24), Some(1)),
    BlockSpec::new(8, Some(25), Some(2)),
    BlockSpec::new(8, Some(26), Some(3)),
    BlockSpec::new(8, Some(27), Some(4)),
    BlockSpec::new(8, Some(28), Some(5)),
    BlockSpec::new(8, Some(29), Some(6)),
];

const ABSENT: Field = Field {
    name: "",
    block: 0,
    bit: 0,
    bits: 0,
    wr_dis: None,
    rd_dis: None,
    what: "",
};

/// Eleven blocks without fields.
pub(super) static LARGE: ChipTable = ChipTable {
    fields: &[],
    blocks: LARGE_BLOCKS,
    coding: BlockCoding::ReedSolomon,
    wr_dis: ABSENT,
    rd_dis: ABSENT,
    crypt_cnt: ABSENT,
    mac: ABSENT,
    revision: RevisionFields::Unknown,
    identity: &[],
    key_slots: &[],
    purposes: &[],
};

/// The four blocks of the ESP32-C2, without fields (esptool `espefuse/efuse/esp32c2/mem_definition.py`).
pub(super) static SMALL: ChipTable = ChipTable {
    blocks: &[
        BlockSpec::new(2, None, None),
        BlockSpec::new(3, None, None),
        BlockSpec::new(8, None, None),
        BlockSpec::new(8, None, None),
    ],
    fields: &[],
    coding: BlockCoding::ReedSolomon,
    wr_dis: ABSENT,
    rd_dis: ABSENT,
    crypt_cnt: ABSENT,
    mac: ABSENT,
    revision: RevisionFields::Unknown,
    identity: &[],
    key_slots: &[],
    purposes: &[],
};
