//! Address map of the ESP32-S3: memories, and which device answers at which address.

use crate::emu::periph::register_file::StorageRanges;
use crate::emu::periph::rng;
use crate::emu::soc::device_map::{DeviceMap, at};
use crate::emu::soc::later::devices::DeviceId::{self, *};
use crate::emu::soc::memories::{MemoryMap, ROM, Region};

const CACHE_SRAM: usize = 1;
const SRAM1: usize = 2;
const SRAM2: usize = 3;
const RTC_FAST: usize = 4;
const RTC_SLOW: usize = 5;

/// Memories (ESP32-S3 TRM, "System and Memory").
pub(super) const MEMORIES: MemoryMap = MemoryMap {
    banks: &[0x6_0000, 0x8000, 0x6_8000, 0x1_0000, 0x2000, 0x2000],
    rtc_banks: &[RTC_FAST, RTC_SLOW],
    regions: &[
        Region::data(0x3fc8_8000, 0x3fcf_0000, SRAM1, 0),
        Region::data(0x3fcf_0000, 0x3fd0_0000, SRAM2, 0),
        Region::data(0x3ff0_0000, 0x3ff2_0000, ROM, 0x4_0000),
        Region::code(0x4000_0000, 0x4006_0000, ROM, 0),
        Region::code(0x4037_0000, 0x4037_8000, CACHE_SRAM, 0),
        Region::code(0x4037_8000, 0x403e_0000, SRAM1, 0),
        Region::both(0x5000_0000, 0x5000_2000, RTC_SLOW),
        Region::both(0x600f_e000, 0x6010_0000, RTC_FAST),
    ],
};

/// Addresses of the cache windows: instruction bus, data bus.
pub(super) const WINDOWS: [(u32, u32); 2] =
    [(0x4200_0000, 0x4400_0000), (0x3c00_0000, 0x3e00_0000)];

const NOTHING: StorageRanges = &[];

/// Bases of blocks: ESP-IDF `components/soc/esp32s3/register/soc/reg_base.h`.
pub(super) const DEVICES: DeviceMap<DeviceId> = DeviceMap {
    places: &[
        at(0x6000_0000, 0x1000, Uart(0)),
        at(0x6000_2000, 0x1000, Spi(1)),
        at(0x6000_3000, 0x1000, Spi(0)),
        at(0x6000_4000, 0x1000, Gpio),
        at(0x6000_7000, 0x1000, Efuse),
        at(0x6000_8000, 0x400, RtcCntl),
        at(0x6000_8400, 0x400, RtcIo),
        at(0x6000_8800, 0x400, Sens),
        at(0x6000_9000, 0x1000, IoMux),
        at(0x6000_e000, 0x1000, AnalogI2c),
        at(0x6001_0000, 0x1000, Uart(1)),
        at(0x6001_f000, 0x1000, Timg(0)),
        at(0x6002_0000, 0x1000, Timg(1)),
        at(0x6002_3000, 0x1000, Systimer),
        at(0x6002_6000, 0x1000, ApbCtrl),
        at(0x6002_e000, 0x1000, Uart(2)),
        at(0x6003_5000, 0x1000, Rng),
        at(0x6003_8000, 0x1000, UsbSerialJtag),
        at(0x6003_a000, 0x1000, Aes),
        at(0x6003_b000, 0x1000, Sha),
        at(0x6003_c000, 0x1000, Rsa),
        at(0x6003_d000, 0x1000, DigitalSignature),
        at(0x6003_e000, 0x1000, Hmac),
        at(0x6003_f000, 0x1000, Gdma),
        at(0x6004_0000, 0x1000, Saradc),
        at(0x600c_0000, 0x1000, System),
        at(0x600c_1000, 0x1000, Sensitive),
        at(0x600c_2000, 0x1000, Interrupts),
        at(0x600c_4000, 0x1000, Extmem),
        at(0x600c_5000, 0x1000, Mmu),
        at(0x600c_c000, 0x1000, Xts),
        at(0x600c_e000, 0x1000, AssistDebug),
        at(0x600d_0000, 0x1000, WorldControl),
    ],
    // What is held of the radio: its power settings, which every start of ESP-IDF writes
    // (`components/esp_hw_support/port/esp32s3/rtc_sleep.c`, rtc_sleep_pu).
    unmodelled: &[
        ("fe2", 0x6000_5000, &[(0xf0, 0xf0)]),
        ("fe", 0x6000_6000, &[(0x90, 0x90)]),
        ("hinf", 0x6000_b000, NOTHING),
        ("uhci1", 0x6000_c000, NOTHING),
        ("i2s0", 0x6000_f000, NOTHING),
        ("bt", 0x6001_1000, NOTHING),
        ("i2c0", 0x6001_3000, NOTHING),
        ("uhci0", 0x6001_4000, NOTHING),
        ("slchost", 0x6001_5000, NOTHING),
        ("rmt", 0x6001_6000, NOTHING),
        ("pcnt", 0x6001_7000, NOTHING),
        ("slc", 0x6001_8000, NOTHING),
        ("ledc", 0x6001_9000, NOTHING),
        ("nrx", 0x6001_c000, &[(0xcd4, 0xcd4)]),
        ("bb", 0x6001_d000, &[(0x54, 0x54)]),
        ("pwm0", 0x6001_e000, NOTHING),
        ("spi2", 0x6002_4000, NOTHING),
        ("spi3", 0x6002_5000, NOTHING),
        ("i2c1", 0x6002_7000, NOTHING),
        ("sdmmc", 0x6002_8000, NOTHING),
        ("peri-backup", 0x6002_a000, NOTHING),
        ("twai", 0x6002_b000, NOTHING),
        ("pwm1", 0x6002_c000, NOTHING),
        ("i2s1", 0x6002_d000, NOTHING),
        ("wifi-mac", 0x6003_3000, NOTHING),
        ("usb-wrap", 0x6003_9000, NOTHING),
        ("lcd-cam", 0x6004_1000, NOTHING),
        ("usb", 0x6008_0000, NOTHING),
        ("dedicated-gpio", 0x600c_f000, NOTHING),
    ],
    mirror: None,
};

/// The radio's block with the random numbers (`WDEV_RND_REG`: ESP-IDF `components/soc/esp32s3/include/soc/wdev_reg.h`).
pub(in crate::emu) const RNG: rng::Layout = rng::Layout { register: 0x7c };
