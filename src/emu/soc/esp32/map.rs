//! Address map of the ESP32 (TRM, "System and Memory"): memories, and which device answers at which address.

use crate::emu::periph::register_file::StorageRanges;
use crate::emu::soc::memories::{MemoryMap, ROM, Region};

const RTC_FAST: usize = 4;
const RTC_SLOW: usize = 5;
const SRAM0: usize = 1;
const SRAM1: usize = 2;
const SRAM2: usize = 3;

/// The chip's memories. SRAM1's second, word-reversed image on the instruction bus is served word by word: see
/// [`reversed_sram1`].
pub(super) const MEMORIES: MemoryMap = MemoryMap {
    banks: &[0x7_0000, 0x3_0000, 0x2_0000, 0x3_2000, 0x2000, 0x2000],
    rtc_banks: &[RTC_FAST, RTC_SLOW],
    regions: &[
        Region::data(0x3ff8_0000, 0x3ff8_2000, RTC_FAST, 0),
        Region::data(0x3ff9_0000, 0x3ffa_0000, ROM, 0x6_0000),
        Region::data(0x3ffa_e000, 0x3ffe_0000, SRAM2, 0),
        Region::data(0x3ffe_0000, 0x4000_0000, SRAM1, 0),
        Region::code(0x4000_0000, 0x4007_0000, ROM, 0),
        Region::code(0x4007_0000, 0x400a_0000, SRAM0, 0),
        Region::code(0x400c_0000, 0x400c_2000, RTC_FAST, 0),
        Region::both(0x5000_0000, 0x5000_2000, RTC_SLOW),
    ],
};

/// The data-bus address of a word of SRAM1's image on the instruction bus, where the words stand in reverse order
/// (TRM, "Internal SRAM 1": 0x400a_0000 is 0x3fff_fffc).
pub(super) fn reversed_sram1(address: u32) -> Option<u32> {
    (0x400a_0000..0x400c_0000)
        .contains(&address)
        .then(|| 0x3fff_fffc - ((address - 0x400a_0000) & !3))
}

/// Lowest address that can be in a page map; RTC slow memory, far above, always takes the slow path.
pub(super) const PAGES_START: u32 = 0x3f40_0000;
/// End of the addresses that can be in a page map.
pub(super) const PAGES_END: u32 = 0x40c0_0000;

/// The windows through which the caches show flash.
pub(super) const CACHE_WINDOWS: [(u32, u32); 2] =
    [(0x3f40_0000, 0x3fc0_0000), (0x400c_2000, 0x40c0_0000)];

/// A block of registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeviceId {
    Dport,
    Aes,
    Rsa,
    Sha,
    SecureBoot,
    Mmu,
    Uart(u8),
    Spi(u8),
    Gpio,
    Frc,
    RtcCntl,
    RtcIo,
    Sens,
    IoMux,
    AnalogI2c,
    Efuse,
    FlashCrypt,
    Timg(u8),
    ApbCtrl,
    Rng,
    /// A block that nobody models, by its place in [`UNMODELLED`].
    Unmodelled(u8),
}

/// Settings of the I2S units' clocks and sampling (ESP-IDF `i2s_reg.h`, `I2S_CONF_REG` and `I2S_CONF1_REG` to
/// `I2S_PDM_CONF_REG`). Bootloaders run an I2S unit only to stir the random number generator, which is seeded here.
const I2S_SETTINGS: StorageRanges = &[(0x08, 0x08), (0xa0, 0xb4)];
const NOTHING: StorageRanges = &[];

/// Blocks that only hold what was written: name, base, and the registers that are settings without visible effect.
pub(super) const UNMODELLED: [(&str, u32, StorageRanges); 24] = [
    ("fe2", 0x3ff4_5000, NOTHING),
    ("fe", 0x3ff4_6000, NOTHING),
    ("hinf", 0x3ff4_b000, NOTHING),
    ("uhci1", 0x3ff4_c000, NOTHING),
    ("i2s0", 0x3ff4_f000, I2S_SETTINGS),
    ("bt", 0x3ff5_1000, NOTHING),
    ("i2c0", 0x3ff5_3000, NOTHING),
    ("uhci0", 0x3ff5_4000, NOTHING),
    ("slchost", 0x3ff5_5000, NOTHING),
    ("rmt", 0x3ff5_6000, NOTHING),
    ("pcnt", 0x3ff5_7000, NOTHING),
    ("slc", 0x3ff5_8000, NOTHING),
    ("ledc", 0x3ff5_9000, NOTHING),
    ("nrx", 0x3ff5_c000, NOTHING),
    ("bb", 0x3ff5_d000, NOTHING),
    ("pwm0", 0x3ff5_e000, NOTHING),
    ("i2c1", 0x3ff6_7000, NOTHING),
    ("sdmmc", 0x3ff6_8000, NOTHING),
    ("emac", 0x3ff6_9000, NOTHING),
    ("twai", 0x3ff6_b000, NOTHING),
    ("pwm1", 0x3ff6_c000, NOTHING),
    ("i2s1", 0x3ff6_d000, I2S_SETTINGS),
    ("wifi-mac", 0x3ff7_3000, NOTHING),
    ("wifi-phy", 0x3ff7_1000, NOTHING),
];

/// Size of a register block in the table, in bytes.
pub(super) const BLOCK: u32 = 0x1000;

/// The device at `address` and the offset into it (bytes). Bases: ESP-IDF
/// `components/soc/esp32/register/soc/reg_base.h`.
pub(super) fn device(address: u32) -> Option<(DeviceId, u32)> {
    // The AHB bus shows the APB peripherals a second time (TRM, "Peripheral address mapping").
    let address = match address {
        0x6000_0000..=0x6003_ffff => address - 0x6000_0000 + 0x3ff4_0000,
        _ => address,
    };
    let (id, base) = match address & !(BLOCK - 1) {
        0x3ff0_0000 => (DeviceId::Dport, 0x3ff0_0000),
        0x3ff0_1000 => (DeviceId::Aes, 0x3ff0_1000),
        0x3ff0_2000 => (DeviceId::Rsa, 0x3ff0_2000),
        0x3ff0_3000 => (DeviceId::Sha, 0x3ff0_3000),
        0x3ff0_4000 => (DeviceId::SecureBoot, 0x3ff0_4000),
        0x3ff1_0000..=0x3ff1_3000 => (DeviceId::Mmu, 0x3ff1_0000),
        0x3ff4_0000 => (DeviceId::Uart(0), 0x3ff4_0000),
        0x3ff5_0000 => (DeviceId::Uart(1), 0x3ff5_0000),
        0x3ff6_e000 => (DeviceId::Uart(2), 0x3ff6_e000),
        0x3ff4_2000 => (DeviceId::Spi(1), 0x3ff4_2000),
        0x3ff4_3000 => (DeviceId::Spi(0), 0x3ff4_3000),
        0x3ff6_4000 => (DeviceId::Spi(2), 0x3ff6_4000),
        0x3ff6_5000 => (DeviceId::Spi(3), 0x3ff6_5000),
        0x3ff4_4000 => (DeviceId::Gpio, 0x3ff4_4000),
        0x3ff4_7000 => (DeviceId::Frc, 0x3ff4_7000),
        0x3ff4_8000 => rtc_device(address)?,
        0x3ff4_9000 => (DeviceId::IoMux, 0x3ff4_9000),
        0x3ff4_e000 => (DeviceId::AnalogI2c, 0x3ff4_e000),
        0x3ff5_a000 => (DeviceId::Efuse, 0x3ff5_a000),
        0x3ff5_b000 => (DeviceId::FlashCrypt, 0x3ff5_b000),
        0x3ff5_f000 => (DeviceId::Timg(0), 0x3ff5_f000),
        0x3ff6_0000 => (DeviceId::Timg(1), 0x3ff6_0000),
        0x3ff6_6000 => (DeviceId::ApbCtrl, 0x3ff6_6000),
        0x3ff7_5000 => (DeviceId::Rng, 0x3ff7_5000),
        block => {
            let index = UNMODELLED.iter().position(|&(_, base, _)| base == block)?;
            (DeviceId::Unmodelled(index as u8), block)
        }
    };
    Some((id, address - base))
}

/// The blocks that share the page of RTC_CNTL.
fn rtc_device(address: u32) -> Option<(DeviceId, u32)> {
    match address & !0x3ff {
        0x3ff4_8000 => Some((DeviceId::RtcCntl, 0x3ff4_8000)),
        0x3ff4_8400 => Some((DeviceId::RtcIo, 0x3ff4_8400)),
        0x3ff4_8800 => Some((DeviceId::Sens, 0x3ff4_8800)),
        _ => None,
    }
}
