//! Address map of the ESP32-C3: memories, and which device answers at which address.

use crate::emu::periph::register_file::StorageRanges;
use crate::emu::soc::device_map::{DeviceMap, at};
use crate::emu::soc::later::devices::DeviceId::{self, *};
use crate::emu::soc::memories::{MemoryMap, ROM, Region};

const CACHE_SRAM: usize = 1;
const SRAM: usize = 2;
const RTC: usize = 3;

/// Memories (ESP32-C3 TRM, "System and Memory").
pub(super) const MEMORIES: MemoryMap = MemoryMap {
    banks: &[0x6_0000, 0x4000, 0x6_0000, 0x2000],
    rtc_banks: &[RTC],
    regions: &[
        Region::data(0x3fc8_0000, 0x3fce_0000, SRAM, 0),
        Region::data(0x3ff0_0000, 0x3ff2_0000, ROM, 0x4_0000),
        Region::code(0x4000_0000, 0x4006_0000, ROM, 0),
        Region::code(0x4037_c000, 0x4038_0000, CACHE_SRAM, 0),
        Region::code(0x4038_0000, 0x403e_0000, SRAM, 0),
        Region::both(0x5000_0000, 0x5000_2000, RTC),
    ],
};

/// Addresses of the cache windows: instruction bus, data bus.
pub(super) const WINDOWS: [(u32, u32); 2] =
    [(0x4200_0000, 0x4280_0000), (0x3c00_0000, 0x3c80_0000)];

const NOTHING: StorageRanges = &[];
// What ESP-IDF forces on and off in the radio's blocks around sleep has no effect on a radio that is not modelled:
// `components/esp_hw_support/port/esp32c3/rtc_sleep.c` (`rtc_sleep_pu`), `components/soc/esp32c3/include/soc/{fe,bb}_reg.h`,
// `components/soc/esp32c3/register/soc/nrx_reg.h`.
const FE2_TX_INTERP_CTRL: u32 = 0xf0;
const FE_GEN_CTRL: u32 = 0x90;
const NRXPD_CTRL: u32 = 0xcd4;
const BBPD_CTRL: u32 = 0x54;

/// Bases of blocks: ESP-IDF `components/soc/esp32c3/register/soc/reg_base.h`.
pub(super) const DEVICES: DeviceMap<DeviceId> = DeviceMap {
    places: &[
        at(0x6000_0000, 0x1000, Uart(0)),
        at(0x6000_2000, 0x1000, Spi(1)),
        at(0x6000_3000, 0x1000, Spi(0)),
        at(0x6000_4000, 0x1000, Gpio),
        at(0x6000_8000, 0x800, RtcCntl),
        at(0x6000_8800, 0x800, Efuse),
        at(0x6000_9000, 0x1000, IoMux),
        at(0x6000_e000, 0x1000, AnalogI2c),
        at(0x6001_0000, 0x1000, Uart(1)),
        at(0x6001_f000, 0x1000, Timg(0)),
        at(0x6002_0000, 0x1000, Timg(1)),
        at(0x6002_3000, 0x1000, Systimer),
        at(0x6002_6000, 0x1000, ApbCtrl),
        at(0x6003_a000, 0x1000, Aes),
        at(0x6003_b000, 0x1000, Sha),
        at(0x6003_c000, 0x1000, Rsa),
        at(0x6003_d000, 0x1000, DigitalSignature),
        at(0x6003_e000, 0x1000, Hmac),
        at(0x6003_f000, 0x1000, Gdma),
        at(0x6004_0000, 0x1000, Saradc),
        at(0x6004_3000, 0x1000, UsbSerialJtag),
        at(0x600c_0000, 0x1000, System),
        at(0x600c_1000, 0x1000, Sensitive),
        at(0x600c_2000, 0x1000, Interrupts),
        at(0x600c_4000, 0x1000, Extmem),
        at(0x600c_5000, 0x1000, Mmu),
        at(0x600c_c000, 0x1000, Xts),
        at(0x600c_e000, 0x1000, AssistDebug),
        at(0x600d_0000, 0x1000, WorldControl),
    ],
    unmodelled: &[
        (
            "fe2",
            0x6000_5000,
            &[(FE2_TX_INTERP_CTRL, FE2_TX_INTERP_CTRL)],
        ),
        ("fe", 0x6000_6000, &[(FE_GEN_CTRL, FE_GEN_CTRL)]),
        ("i2c0", 0x6001_3000, NOTHING),
        ("uhci0", 0x6001_4000, NOTHING),
        ("rmt", 0x6001_6000, NOTHING),
        ("ledc", 0x6001_9000, NOTHING),
        ("nrx", 0x6001_c000, &[(NRXPD_CTRL, NRXPD_CTRL)]),
        ("bb", 0x6001_d000, &[(BBPD_CTRL, BBPD_CTRL)]),
        ("spi2", 0x6002_4000, NOTHING),
        ("twai", 0x6002_b000, NOTHING),
        ("i2s0", 0x6002_d000, NOTHING),
        ("bt", 0x6003_1000, NOTHING),
        ("wifi-mac", 0x6003_3000, NOTHING),
        ("wdev", 0x6003_5000, NOTHING),
        ("dedicated-gpio", 0x600c_f000, NOTHING),
    ],
    mirror: None,
};
