//! The eFuse fields of the ESP32.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32.yaml`, both generated from the eFuse description 369d2d860d34e777c0f7d545a7dfc3c4. They
//! leave the write protection of eight factory-burned identity fields open (chip revision and package, CPU rating,
//! SPI_PAD_CONFIG_HD). Inferred: WR_DIS bit 3 protects them, as it does their neighbours MAC, DISABLE_APP_CPU and
//! VOL_LEVEL_HP_INV.

use super::table::{BlockCoding, BlockSpec, ChipTable, RevisionFields, fields};

/// Words of each block as they are stored.
pub const BLOCK_WORDS: [usize; 4] = [7, 8, 8, 8];

/// The ESP32 for the bank.
pub static TABLE: ChipTable = ChipTable {
    fields: FIELDS,
    blocks: &[
        BlockSpec::new(BLOCK_WORDS[0], None, None),
        BlockSpec::new(BLOCK_WORDS[1], Some(7), Some(0)),
        BlockSpec::new(BLOCK_WORDS[2], Some(8), Some(1)),
        BlockSpec::new(BLOCK_WORDS[3], Some(9), Some(2)),
    ],
    coding: BlockCoding::Selected(CODING_SCHEME),
    wr_dis: WR_DIS,
    rd_dis: RD_DIS,
    crypt_cnt: FLASH_CRYPT_CNT,
    mac: MAC,
    revision: RevisionFields::Esp32,
    factory_blocks: &[],
    identity: &[
        MAC,
        MAC_CRC,
        CHIP_VER_REV1,
        CHIP_VER_REV2,
        WAFER_VERSION_MINOR,
        CHIP_PACKAGE,
    ],
    key_slots: &[],
    purposes: &[],
    later: None,
};

// Name = (block, first bit, number of bits, WR_DIS bit, RD_DIS bit, meaning).
fields! {
    WR_DIS = (0, 0, 16, Some(1), None, "write protection, one bit a group of fields");
    RD_DIS = (0, 16, 4, Some(0), None, "read protection of blocks 1 to 3 and of four fields");
    FLASH_CRYPT_CNT = (0, 20, 7, Some(2), None, "flash encryption is on while an odd number of bits is set");
    UART_DOWNLOAD_DIS = (0, 27, 1, Some(2), None, "UART download mode off (chip revision 3 on)");
    MAC = (0, 32, 48, Some(3), None, "factory MAC address, last byte in the lowest bits");
    MAC_CRC = (0, 80, 8, Some(3), None, "CRC-8 of the factory MAC address");
    DISABLE_APP_CPU = (0, 96, 1, Some(3), None, "no second core");
    DISABLE_BT = (0, 97, 1, Some(3), None, "no Bluetooth");
    CHIP_PACKAGE_4BIT = (0, 98, 1, Some(3), None, "bit 3 of the package number");
    DIS_CACHE = (0, 99, 1, Some(3), None, "cache off");
    SPI_PAD_CONFIG_HD = (0, 100, 5, Some(3), None, "flash pin HD");
    CHIP_PACKAGE = (0, 105, 3, Some(3), None, "bits 0 to 2 of the package number");
    CHIP_CPU_FREQ_LOW = (0, 108, 1, Some(3), None, "rated for 160 MHz, if CHIP_CPU_FREQ_RATED is set");
    CHIP_CPU_FREQ_RATED = (0, 109, 1, Some(3), None, "CHIP_CPU_FREQ_LOW is valid");
    BLK3_PART_RESERVE = (0, 110, 1, Some(10), Some(3), "block 3 holds ADC calibration");
    CHIP_VER_REV1 = (0, 111, 1, Some(3), None, "chip revision 1 or later");
    CLK8M_FREQ = (0, 128, 8, Some(4), None, "frequency of the 8 MHz clock");
    ADC_VREF = (0, 136, 5, Some(4), None, "ADC reference voltage");
    XPD_SDIO_REG = (0, 142, 1, Some(5), None, "flash voltage regulator on");
    XPD_SDIO_TIEH = (0, 143, 1, Some(5), None, "flash voltage 3.3 V, else 1.8 V");
    XPD_SDIO_FORCE = (0, 144, 1, Some(5), None, "flash voltage from eFuses, not from the strap");
    SPI_PAD_CONFIG_CLK = (0, 160, 5, Some(6), None, "flash pin CLK");
    SPI_PAD_CONFIG_Q = (0, 165, 5, Some(6), None, "flash pin Q");
    SPI_PAD_CONFIG_D = (0, 170, 5, Some(6), None, "flash pin D");
    SPI_PAD_CONFIG_CS0 = (0, 175, 5, Some(6), None, "flash pin CS0");
    CHIP_VER_REV2 = (0, 180, 1, Some(3), None, "chip revision 2 or later");
    VOL_LEVEL_HP_INV = (0, 182, 2, Some(3), None, "core voltage at 240 MHz");
    WAFER_VERSION_MINOR = (0, 184, 2, Some(3), None, "minor chip revision");
    FLASH_CRYPT_CONFIG = (0, 188, 4, Some(10), Some(3), "key ranges that the flash address tweaks");
    CODING_SCHEME = (0, 192, 2, Some(10), Some(3), "coding of blocks 1 to 3: 0 none, 1 3/4, 2 repeat");
    CONSOLE_DEBUG_DISABLE = (0, 194, 1, Some(15), None, "no BASIC console in ROM");
    DISABLE_SDIO_HOST = (0, 195, 1, None, None, "SDIO host off");
    ABS_DONE_0 = (0, 196, 1, Some(12), None, "secure boot v1 on");
    ABS_DONE_1 = (0, 197, 1, Some(13), None, "secure boot v2 on");
    JTAG_DISABLE = (0, 198, 1, Some(14), None, "JTAG off");
    DISABLE_DL_ENCRYPT = (0, 199, 1, Some(15), None, "no flash encryption in UART download mode");
    DISABLE_DL_DECRYPT = (0, 200, 1, Some(15), None, "no flash decryption in UART download mode");
    DISABLE_DL_CACHE = (0, 201, 1, Some(15), None, "no flash cache in UART download mode");
    KEY_STATUS = (0, 202, 1, Some(10), Some(3), "use of block 3 (reserved)");
    BLOCK1 = (1, 0, 256, Some(7), Some(0), "flash encryption key");
    BLOCK2 = (2, 0, 256, Some(8), Some(1), "secure boot key (v1) or public key digest (v2)");
    CUSTOM_MAC_CRC = (3, 0, 8, Some(9), Some(2), "CRC-8 of the custom MAC address");
    CUSTOM_MAC = (3, 8, 48, Some(9), Some(2), "custom MAC address, first byte in the lowest bits");
    ADC1_TP_LOW = (3, 96, 7, Some(9), Some(2), "ADC1 calibration, low point");
    ADC1_TP_HIGH = (3, 103, 9, Some(9), Some(2), "ADC1 calibration, high point");
    ADC2_TP_LOW = (3, 112, 7, Some(9), Some(2), "ADC2 calibration, low point");
    ADC2_TP_HIGH = (3, 119, 9, Some(9), Some(2), "ADC2 calibration, high point");
    SECURE_VERSION = (3, 128, 32, Some(9), Some(2), "minimum secure version (anti-rollback)");
    MAC_VERSION = (3, 184, 8, Some(9), Some(2), "1: CUSTOM_MAC is valid");
}
