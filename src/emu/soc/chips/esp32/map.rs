//! Address map of the ESP32 (TRM, "System and Memory"): memories, and which device answers at which address.

use crate::emu::periph::register_file::StorageRanges;
use crate::emu::periph::rng;
use crate::emu::soc::device_map::{DeviceMap, Mirror, at};
use crate::emu::soc::esp32::devices::DeviceId::{self, *};
use crate::emu::soc::memories::{MemoryMap, ROM, Region};

const RTC_FAST: usize = 4;
const RTC_SLOW: usize = 5;
const SRAM0: usize = 1;
const SRAM1: usize = 2;
const SRAM2: usize = 3;

/// The chip's memories. SRAM1's second, word-reversed image on the instruction bus is served word by word: see
/// `reversed_sram1`.
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

/// The windows through which the caches show flash.
pub(super) const WINDOWS: [(u32, u32); 2] =
    [(0x3f40_0000, 0x3fc0_0000), (0x400c_2000, 0x40c0_0000)];

/// Settings of the I2S units' clocks and sampling (ESP-IDF `i2s_reg.h`, `I2S_CONF_REG` and `I2S_CONF1_REG` to
/// `I2S_PDM_CONF_REG`). Bootloaders run an I2S unit only to stir the random number generator, which is seeded here.
const I2S_SETTINGS: StorageRanges = &[(0x08, 0x08), (0xa0, 0xb4)];
const NOTHING: StorageRanges = &[];

/// Bases of blocks: ESP-IDF `components/soc/esp32/register/soc/reg_base.h`.
pub(super) const DEVICES: DeviceMap<DeviceId> = DeviceMap {
    places: &[
        at(0x3ff0_0000, 0x1000, Dport),
        at(0x3ff0_1000, 0x1000, Aes),
        at(0x3ff0_2000, 0x1000, Rsa),
        at(0x3ff0_3000, 0x1000, Sha),
        at(0x3ff0_4000, 0x1000, SecureBoot),
        at(0x3ff1_0000, 0x4000, Mmu),
        at(0x3ff4_0000, 0x1000, Uart(0)),
        at(0x3ff4_2000, 0x1000, Spi(1)),
        at(0x3ff4_3000, 0x1000, Spi(0)),
        at(0x3ff4_4000, 0x1000, Gpio),
        at(0x3ff4_7000, 0x1000, Frc),
        at(0x3ff4_8000, 0x400, RtcCntl),
        at(0x3ff4_8400, 0x400, RtcIo),
        at(0x3ff4_8800, 0x400, Sens),
        at(0x3ff4_9000, 0x1000, IoMux),
        at(0x3ff4_e000, 0x1000, AnalogI2c),
        at(0x3ff5_0000, 0x1000, Uart(1)),
        at(0x3ff5_a000, 0x1000, Efuse),
        at(0x3ff5_b000, 0x1000, FlashCrypt),
        at(0x3ff5_f000, 0x1000, Timg(0)),
        at(0x3ff6_0000, 0x1000, Timg(1)),
        at(0x3ff6_4000, 0x1000, Spi(2)),
        at(0x3ff6_5000, 0x1000, Spi(3)),
        at(0x3ff6_6000, 0x1000, ApbCtrl),
        at(0x3ff6_e000, 0x1000, Uart(2)),
        at(0x3ff7_5000, 0x1000, Rng),
    ],
    unmodelled: &[
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
    ],
    // The AHB bus shows the APB peripherals a second time (TRM, "Peripheral address mapping").
    mirror: Some(Mirror {
        start: 0x6000_0000,
        end: 0x6004_0000,
        shows: 0x3ff4_0000,
    }),
};

/// The radio's block with the random numbers (`WDEV_RND_REG`: ESP-IDF `components/soc/esp32/include/soc/wdev_reg.h`).
pub(in crate::emu) const RNG: rng::Layout = rng::Layout { register: 0x144 };
