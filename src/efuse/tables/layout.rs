//! The blocks that most chips share.

use super::table::BlockSpec;

/// The blocks of most chips from the ESP32-S2 on (esptool `espefuse/efuse/esp32c3/mem_definition.py`).
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
