//! Address map of the ESP32-C6: memories, and which device answers at which address.

use crate::emu::periph::register_file::StorageRanges;
use crate::emu::soc::device_map::{DeviceMap, at};
use crate::emu::soc::lp::devices::DeviceId::{self, *};
use crate::emu::soc::memories::{MemoryMap, ROM, Region};

const SRAM: usize = 1;
const LP_SRAM: usize = 2;

/// Memories, each at the same addresses for code and data (ESP-IDF `components/soc/esp32c6/include/soc/soc.h`).
pub(super) const MEMORIES: MemoryMap = MemoryMap {
    banks: &[0x5_0000, 0x8_0000, 0x4000],
    rtc_banks: &[LP_SRAM],
    regions: &[
        Region::both(0x4000_0000, 0x4005_0000, ROM),
        Region::both(0x4080_0000, 0x4088_0000, SRAM),
        Region::both(0x5000_0000, 0x5000_4000, LP_SRAM),
    ],
};

/// Addresses of the cache's window, for code and data alike (ESP-IDF `components/soc/esp32c6/include/soc/ext_mem_defs.h`).
pub(super) const WINDOWS: [(u32, u32); 2] = [(0x4200_0000, 0x4300_0000), (0, 0)];

/// Addresses that DMA reaches (the same file, SOC_DMA_LOW and SOC_DMA_HIGH).
pub(super) const DMA: (u32, u32) = (0x4080_0000, 0x4088_0000);

const NOTHING: StorageRanges = &[];

/// Bases of blocks: ESP-IDF `components/soc/esp32c6/register/soc/reg_base.h`, `components/soc/esp32c6/include/modem/
/// reg_base.h`. The registers of the MMU and of the manual encryption lie among SPI0's.
pub(super) const DEVICES: DeviceMap<DeviceId> = DeviceMap {
    places: &[
        at(0x2000_1000, 0x400, Plic),
        at(0x2000_1400, 0x400, Settings(0)),
        at(0x2000_1800, 0x800, Settings(1)),
        at(0x6000_0000, 0x1000, Uart(0)),
        at(0x6000_1000, 0x1000, Uart(1)),
        at(0x6000_2000, 0x300, Spi(0)),
        at(0x6000_2300, 0x60, Xts),
        at(0x6000_237c, 0xc, Mmu),
        at(0x6000_3000, 0x1000, Spi(1)),
        at(0x6000_8000, 0x1000, Timg(0)),
        at(0x6000_9000, 0x1000, Timg(1)),
        at(0x6000_a000, 0x1000, Systimer),
        at(0x6000_e000, 0x1000, Saradc),
        at(0x6000_f000, 0x1000, UsbSerialJtag),
        at(0x6001_0000, 0x1000, Matrix),
        at(0x6008_0000, 0x1000, Gdma),
        at(0x6008_8000, 0x1000, Aes),
        at(0x6008_9000, 0x1000, Sha),
        at(0x6008_a000, 0x1000, Rsa),
        at(0x6008_c000, 0x1000, DigitalSignature),
        at(0x6008_d000, 0x1000, Hmac),
        at(0x6009_0000, 0x1000, IoMux),
        at(0x6009_1000, 0x1000, Gpio),
        at(0x6009_5000, 0x1000, HpSystem),
        at(0x6009_6000, 0x1000, Pcr),
        at(0x6009_8000, 0x1000, Settings(2)),
        at(0x6009_9000, 0x800, Settings(3)),
        at(0x6009_9800, 0x800, Settings(4)),
        at(0x600a_9800, 0x400, Settings(5)),
        at(0x600a_f000, 0x800, Settings(6)),
        at(0x600a_f800, 0x800, AnalogI2c),
        at(0x600b_0000, 0x400, Pmu),
        at(0x600b_0400, 0x400, LpClkrst),
        at(0x600b_0800, 0x400, Efuse),
        at(0x600b_0c00, 0x400, LpTimer),
        at(0x600b_1000, 0x400, LpAon),
        at(0x600b_1400, 0x400, Settings(7)),
        at(0x600b_1800, 0x400, Settings(8)),
        at(0x600b_1c00, 0x400, LpWdt),
        at(0x600b_2000, 0x400, Settings(9)),
        at(0x600b_2400, 0x400, Settings(10)),
        at(0x600b_2800, 0x400, LpPeri),
        at(0x600b_2c00, 0x400, Settings(11)),
        at(0x600b_3400, 0x400, Settings(12)),
        at(0x600b_3800, 0x400, Settings(13)),
        at(0x600c_2000, 0x1000, AssistDebug),
        at(0x600c_5000, 0x1000, FromCpu),
        at(0x600c_8000, 0x1000, Cache),
    ],
    unmodelled: &[
        ("i2c0", 0x6000_4000, NOTHING),
        ("uhci0", 0x6000_5000, NOTHING),
        ("rmt", 0x6000_6000, NOTHING),
        ("ledc", 0x6000_7000, NOTHING),
        ("twai0", 0x6000_b000, NOTHING),
        ("i2s0", 0x6000_c000, NOTHING),
        ("twai1", 0x6000_d000, NOTHING),
        ("atomic", 0x6001_1000, NOTHING),
        ("pcnt", 0x6001_2000, NOTHING),
        ("etm", 0x6001_3000, NOTHING),
        ("mcpwm", 0x6001_4000, NOTHING),
        ("parl_io", 0x6001_5000, NOTHING),
        ("hinf", 0x6001_6000, NOTHING),
        ("slc", 0x6001_7000, NOTHING),
        ("slchost", 0x6001_8000, NOTHING),
        ("pvt", 0x6001_9000, NOTHING),
        ("spi2", 0x6008_1000, NOTHING),
        ("ecc", 0x6008_b000, NOTHING),
        ("mem_monitor", 0x6009_2000, NOTHING),
        ("pau", 0x6009_3000, NOTHING),
        ("misc", 0x6009_f000, NOTHING),
        ("modem0", 0x600a_0000, NOTHING),
        ("modem3", 0x600a_3000, NOTHING),
        ("modem4", 0x600a_4000, NOTHING),
        ("modem5", 0x600a_5000, NOTHING),
        ("modem6", 0x600a_6000, NOTHING),
        ("modem7", 0x600a_7000, NOTHING),
        ("modem9", 0x600a_9000, NOTHING),
        ("modemc", 0x600a_c000, NOTHING),
        ("otp_debug", 0x600b_3000, NOTHING),
        ("trace", 0x600c_0000, NOTHING),
    ],
    mirror: None,
};
