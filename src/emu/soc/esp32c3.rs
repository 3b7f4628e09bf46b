//! The ESP32-C3: address map and device table.

use std::sync::Arc;

use super::later::LaterSoc;
use super::later::layout::{DeviceId as Id, Layout, Sources, at};
use super::memories::{MemoryMap, ROM, Region};
use crate::chip::Chip;
use crate::emu::machine::Machine;
use crate::emu::periph::register_file::StorageRanges;
use crate::emu::riscv::{Hart, HartConfig};
use crate::emu::rom::Rom;
use crate::virtual_chip::PowerOn;

/// The system on chip of the ESP32-C3.
pub type Esp32C3 = LaterSoc<Hart>;

/// The machine of an ESP32-C3 with this ROM, powered on.
pub fn machine(rom: Arc<Rom>, power: PowerOn) -> Machine<Esp32C3> {
    let hart = Hart::new(HartConfig {
        index: 0,
        hart_id: 0,
        reset_vector: 0x4000_0000,
    });
    LaterSoc::machine(&LAYOUT, vec![hart], rom, power)
}

const CACHE_SRAM: usize = 1;
const SRAM: usize = 2;
const RTC: usize = 3;
const NOTHING: StorageRanges = &[];
// What ESP-IDF forces on and off in the radio's blocks around sleep has no effect on a radio that is not modelled:
// `components/esp_hw_support/port/esp32c3/rtc_sleep.c` (`rtc_sleep_pu`), `components/soc/esp32c3/include/soc/{fe,bb}_reg.h`,
// `components/soc/esp32c3/register/soc/nrx_reg.h`.
const FE2_TX_INTERP_CTRL: u32 = 0xf0;
const FE_GEN_CTRL: u32 = 0x90;
const NRXPD_CTRL: u32 = 0xcd4;
const BBPD_CTRL: u32 = 0x54;

/// Memories: ESP32-C3 TRM, "System and Memory"; bases of blocks: ESP-IDF
/// `components/soc/esp32c3/register/soc/reg_base.h`; sources: `components/soc/esp32c3/include/soc/interrupts.h`.
static LAYOUT: Layout = Layout {
    chip: Chip::Esp32C3,
    cores: 1,
    memories: MemoryMap {
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
    },
    windows: [(0x4200_0000, 0x4280_0000), (0x3c00_0000, 0x3c80_0000)],
    devices: &[
        at(0x6000_0000, 0x1000, Id::Uart(0)),
        at(0x6000_2000, 0x1000, Id::Spi(1)),
        at(0x6000_3000, 0x1000, Id::Spi(0)),
        at(0x6000_4000, 0x1000, Id::Gpio),
        at(0x6000_8000, 0x800, Id::RtcCntl),
        at(0x6000_8800, 0x800, Id::Efuse),
        at(0x6000_9000, 0x1000, Id::IoMux),
        at(0x6000_e000, 0x1000, Id::AnalogI2c),
        at(0x6001_0000, 0x1000, Id::Uart(1)),
        at(0x6001_f000, 0x1000, Id::Timg(0)),
        at(0x6002_0000, 0x1000, Id::Timg(1)),
        at(0x6002_3000, 0x1000, Id::Systimer),
        at(0x6002_6000, 0x1000, Id::ApbCtrl),
        at(0x6003_a000, 0x1000, Id::Aes),
        at(0x6003_b000, 0x1000, Id::Sha),
        at(0x6003_c000, 0x1000, Id::Rsa),
        at(0x6003_d000, 0x1000, Id::DigitalSignature),
        at(0x6003_e000, 0x1000, Id::Hmac),
        at(0x6003_f000, 0x1000, Id::Gdma),
        at(0x6004_0000, 0x1000, Id::Saradc),
        at(0x6004_3000, 0x1000, Id::UsbSerialJtag),
        at(0x600c_0000, 0x1000, Id::System),
        at(0x600c_1000, 0x1000, Id::Sensitive),
        at(0x600c_2000, 0x1000, Id::Interrupts),
        at(0x600c_4000, 0x1000, Id::Extmem),
        at(0x600c_5000, 0x1000, Id::Mmu),
        at(0x600c_c000, 0x1000, Id::Xts),
        at(0x600c_e000, 0x1000, Id::AssistDebug),
        at(0x600d_0000, 0x1000, Id::WorldControl),
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
    sources: Sources {
        gpio: 16,
        spi1: 18,
        uart: &[21, 22],
        efuse: 24,
        usb_serial_jtag: 26,
        rtc: 27,
        timg: [32, 34],
        cache_ia: 36,
        systimer: 37,
        cache_acs: 61,
        gdma: 44,
        gdma_lines: 3,
        rsa: 47,
        aes: 48,
        sha: 49,
        from_cpu: 50,
    },
};
