//! APB control (SYSCON) of the ESP32-C3.

use crate::emu::periph::later::syscon;

/// APB_CTRL, also called SYSCON (ESP-IDF `components/soc/esp32c3/register/soc/apb_ctrl_reg.h`). Storage: clocks, radio,
/// access regions, power of memories, date; the backup engine is left out.
pub(in crate::emu) const APB_CTRL: syscon::Layout = syscon::Layout {
    reset: &[
        (0x00, 0x1),
        (0x04, 0x1_0727),
        (0x08, 0x7ff),
        (0x14, 0xfffc_e030),
        (0x28, 0x3),
        (0x2c, 0x3),
        (0x30, 0x3),
        (0x34, 0x3),
        (0x3c, 0x40_0000),
        (0x40, 0x80_0000),
        (0x44, 0xc0_0000),
        (0x48, 0x400),
        (0x4c, 0x400),
        (0x50, 0x400),
        (0x54, 0x400),
        (0x9c, 0x15),
        (0xb4, 0x6480),
        (0x3fc, 0x0200_7210),
    ],
    storage: &[(0x00, 0xac), (0x3fc, 0x3fc)],
    // `RNG_DATA_REG` of `components/soc/esp32c3/include/soc/wdev_reg.h`.
    random: Some(0xb0),
};
