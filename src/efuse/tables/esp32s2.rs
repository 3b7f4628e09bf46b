//! The eFuse fields of the ESP32-S2.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32s2/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32s2.yaml`, both generated from the eFuse description 888a61f6f500d9c7ee0aa32016b0bee7.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32s2/include/esp_efuse_chip.h` and esptool `espefuse/efuse/esp32s2/fields.py`.

use super::layout::LARGE_BLOCKS;
use super::table::{BlockCoding, ChipTable, KeySlot, RevisionFields, WaferFields, fields};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-S2 for the bank.
pub static TABLE: ChipTable = ChipTable {
    fields: FIELDS,
    blocks: LARGE_BLOCKS,
    coding: BlockCoding::ReedSolomon,
    wr_dis: WR_DIS,
    rd_dis: RD_DIS,
    crypt_cnt: SPI_BOOT_CRYPT_CNT,
    mac: MAC,
    revision: RevisionFields::Wafer(&WaferFields {
        major: WAFER_VERSION_MAJOR,
        major_high: None,
        minor_low: WAFER_VERSION_MINOR_LO,
        minor_high: Some(WAFER_VERSION_MINOR_HI),
        first_if_1_1: None,
    }),
    factory_blocks: &[1, 2],
    identity: &[],
    key_slots: &[
        KeySlot::new(BLOCK_KEY0, KEY_PURPOSE_0, None, true),
        KeySlot::new(BLOCK_KEY1, KEY_PURPOSE_1, None, true),
        KeySlot::new(BLOCK_KEY2, KEY_PURPOSE_2, None, true),
        KeySlot::new(BLOCK_KEY3, KEY_PURPOSE_3, None, true),
        KeySlot::new(BLOCK_KEY4, KEY_PURPOSE_4, None, true),
        KeySlot::new(BLOCK_KEY5, KEY_PURPOSE_5, None, true),
    ],
    purposes: PURPOSES,
    later: None,
};

const PURPOSES: &[(u8, KeyPurpose)] = &[
    (0, KeyPurpose::User),
    (2, KeyPurpose::XtsAes256Key1),
    (3, KeyPurpose::XtsAes256Key2),
    (4, KeyPurpose::XtsAes128Key),
    (5, KeyPurpose::HmacDownAll),
    (6, KeyPurpose::HmacDownJtag),
    (7, KeyPurpose::HmacDownDigitalSignature),
    (8, KeyPurpose::HmacUp),
    (9, KeyPurpose::SecureBootDigest0),
    (10, KeyPurpose::SecureBootDigest1),
    (11, KeyPurpose::SecureBootDigest2),
];

// Name = (block, first bit, number of bits, WR_DIS bit, RD_DIS bit, meaning).
fields! {
    WR_DIS = (0, 0, 32, None, None, "write protection, one bit a group of fields");
    RD_DIS = (0, 32, 7, Some(0), None, "read protection of key blocks and of BLOCK_SYS_DATA2");
    DIS_ICACHE = (0, 40, 1, Some(2), None, "instruction cache off");
    DIS_DCACHE = (0, 41, 1, Some(2), None, "data cache off");
    DIS_DOWNLOAD_ICACHE = (0, 42, 1, Some(2), None, "instruction cache off in download mode");
    DIS_DOWNLOAD_DCACHE = (0, 43, 1, Some(2), None, "data cache off in download mode");
    DIS_FORCE_DOWNLOAD = (0, 44, 1, Some(2), None, "software cannot force download mode");
    DIS_USB = (0, 45, 1, Some(2), None, "USB OTG off");
    DIS_TWAI = (0, 46, 1, Some(2), None, "TWAI (CAN) off");
    DIS_BOOT_REMAP = (0, 47, 1, Some(2), None, "RAM cannot be mapped over ROM");
    SOFT_DIS_JTAG = (0, 49, 1, Some(2), None, "JTAG is off while an odd number of bits is set; the HMAC unit can switch it on again");
    HARD_DIS_JTAG = (0, 50, 1, Some(2), None, "JTAG off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 51, 1, Some(2), None, "no flash encryption in download mode");
    USB_EXCHG_PINS = (0, 56, 1, Some(30), None, "USB D+ and D- swapped");
    USB_EXT_PHY_ENABLE = (0, 57, 1, Some(30), None, "external USB PHY");
    USB_FORCE_NOPERSIST = (0, 58, 1, Some(30), None, "USB sees a valid supply always");
    BLOCK0_VERSION = (0, 59, 2, Some(30), None, "layout version of block 0");
    VDD_SPI_XPD = (0, 68, 1, Some(3), None, "flash voltage regulator on");
    VDD_SPI_TIEH = (0, 69, 1, Some(3), None, "flash voltage 3.3 V, else 1.8 V");
    VDD_SPI_FORCE = (0, 70, 1, Some(3), None, "flash voltage from eFuses, not from the strap");
    WDT_DELAY_SEL = (0, 80, 2, Some(3), None, "time limit of the RTC watchdog at boot");
    SPI_BOOT_CRYPT_CNT = (0, 82, 3, Some(4), None, "flash encryption is on while an odd number of bits is set");
    SECURE_BOOT_KEY_REVOKE0 = (0, 85, 1, Some(5), None, "first secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE1 = (0, 86, 1, Some(6), None, "second secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE2 = (0, 87, 1, Some(7), None, "third secure boot key revoked");
    KEY_PURPOSE_0 = (0, 88, 4, Some(8), None, "purpose of BLOCK_KEY0");
    KEY_PURPOSE_1 = (0, 92, 4, Some(9), None, "purpose of BLOCK_KEY1");
    KEY_PURPOSE_2 = (0, 96, 4, Some(10), None, "purpose of BLOCK_KEY2");
    KEY_PURPOSE_3 = (0, 100, 4, Some(11), None, "purpose of BLOCK_KEY3");
    KEY_PURPOSE_4 = (0, 104, 4, Some(12), None, "purpose of BLOCK_KEY4");
    KEY_PURPOSE_5 = (0, 108, 4, Some(13), None, "purpose of BLOCK_KEY5");
    SECURE_BOOT_EN = (0, 116, 1, Some(15), None, "secure boot on");
    SECURE_BOOT_AGGRESSIVE_REVOKE = (0, 117, 1, Some(16), None, "a key whose signature fails is revoked at once");
    FLASH_TPUW = (0, 124, 4, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 128, 1, Some(18), None, "download mode off");
    DIS_LEGACY_SPI_BOOT = (0, 129, 1, Some(18), None, "legacy SPI boot off");
    UART_PRINT_CHANNEL = (0, 130, 1, Some(18), None, "ROM prints on UART1, else on UART0");
    DIS_USB_DOWNLOAD_MODE = (0, 132, 1, Some(18), None, "no download mode over USB OTG");
    ENABLE_SECURITY_DOWNLOAD = (0, 133, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 134, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    PIN_POWER_SELECTION = (0, 136, 1, Some(18), None, "power supply of GPIO33 to GPIO37");
    FLASH_TYPE = (0, 137, 1, Some(18), None, "flash with 8 data lines, else 4");
    FORCE_SEND_RESUME = (0, 138, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 139, 16, Some(18), None, "minimum secure version (anti-rollback)");
    DISABLE_WAFER_VERSION_MAJOR = (0, 160, 1, None, None, "software does not check the major chip revision");
    DISABLE_BLK_VERSION_MAJOR = (0, 161, 1, None, None, "software does not check the major block version");
    MAC = (1, 0, 48, Some(20), None, "factory MAC address, last byte in the lowest bits");
    SPI_PAD_CONFIG_CLK = (1, 48, 6, Some(20), None, "flash pin CLK");
    SPI_PAD_CONFIG_Q = (1, 54, 6, Some(20), None, "flash pin Q");
    SPI_PAD_CONFIG_D = (1, 60, 6, Some(20), None, "flash pin D");
    SPI_PAD_CONFIG_CS = (1, 66, 6, Some(20), None, "flash pin CS");
    SPI_PAD_CONFIG_HD = (1, 72, 6, Some(20), None, "flash pin HD");
    SPI_PAD_CONFIG_WP = (1, 78, 6, Some(20), None, "flash pin WP");
    SPI_PAD_CONFIG_DQS = (1, 84, 6, Some(20), None, "flash pin DQS");
    SPI_PAD_CONFIG_D4 = (1, 90, 6, Some(20), None, "flash pin D4");
    SPI_PAD_CONFIG_D5 = (1, 96, 6, Some(20), None, "flash pin D5");
    SPI_PAD_CONFIG_D6 = (1, 102, 6, Some(20), None, "flash pin D6");
    SPI_PAD_CONFIG_D7 = (1, 108, 6, Some(20), None, "flash pin D7");
    WAFER_VERSION_MAJOR = (1, 114, 2, Some(20), None, "major chip revision");
    WAFER_VERSION_MINOR_HI = (1, 116, 1, Some(20), None, "minor chip revision, high bit");
    FLASH_VERSION = (1, 117, 4, Some(20), None, "flash in the package");
    BLK_VERSION_MAJOR = (1, 121, 2, Some(20), None, "major version of the calibration data");
    PSRAM_VERSION = (1, 124, 4, Some(20), None, "PSRAM in the package");
    PKG_VERSION = (1, 128, 4, Some(20), None, "package");
    WAFER_VERSION_MINOR_LO = (1, 132, 3, Some(20), None, "minor chip revision, low bits");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    ADC_CALIB = (2, 128, 4, Some(21), None, "ADC calibration, version");
    BLK_VERSION_MINOR = (2, 132, 3, Some(21), None, "minor version of the calibration data");
    TEMP_CALIB = (2, 135, 9, Some(21), None, "calibration of the temperature sensor");
    RTCCALIB_V1IDX_A10H = (2, 144, 8, Some(21), None, "ADC1 calibration at attenuation 0, high point");
    RTCCALIB_V1IDX_A11H = (2, 152, 8, Some(21), None, "ADC1 calibration at attenuation 1, high point");
    RTCCALIB_V1IDX_A12H = (2, 160, 8, Some(21), None, "ADC1 calibration at attenuation 2, high point");
    RTCCALIB_V1IDX_A13H = (2, 168, 8, Some(21), None, "ADC1 calibration at attenuation 3, high point");
    RTCCALIB_V1IDX_A20H = (2, 176, 8, Some(21), None, "ADC2 calibration at attenuation 0, high point");
    RTCCALIB_V1IDX_A21H = (2, 184, 8, Some(21), None, "ADC2 calibration at attenuation 1, high point");
    RTCCALIB_V1IDX_A22H = (2, 192, 8, Some(21), None, "ADC2 calibration at attenuation 2, high point");
    RTCCALIB_V1IDX_A23H = (2, 200, 8, Some(21), None, "ADC2 calibration at attenuation 3, high point");
    RTCCALIB_V1IDX_A10L = (2, 208, 6, Some(21), None, "ADC1 calibration at attenuation 0, low point");
    RTCCALIB_V1IDX_A11L = (2, 214, 6, Some(21), None, "ADC1 calibration at attenuation 1, low point");
    RTCCALIB_V1IDX_A12L = (2, 220, 6, Some(21), None, "ADC1 calibration at attenuation 2, low point");
    RTCCALIB_V1IDX_A13L = (2, 226, 6, Some(21), None, "ADC1 calibration at attenuation 3, low point");
    RTCCALIB_V1IDX_A20L = (2, 232, 6, Some(21), None, "ADC2 calibration at attenuation 0, low point");
    RTCCALIB_V1IDX_A21L = (2, 238, 6, Some(21), None, "ADC2 calibration at attenuation 1, low point");
    RTCCALIB_V1IDX_A22L = (2, 244, 6, Some(21), None, "ADC2 calibration at attenuation 2, low point");
    RTCCALIB_V1IDX_A23L = (2, 250, 6, Some(21), None, "ADC2 calibration at attenuation 3, low point");
    BLOCK_USR_DATA = (3, 0, 192, Some(22), None, "user data");
    CUSTOM_MAC = (3, 200, 48, Some(22), None, "custom MAC address, first byte in the lowest bits");
    BLOCK_KEY0 = (4, 0, 256, Some(23), Some(0), "key block 0");
    BLOCK_KEY1 = (5, 0, 256, Some(24), Some(1), "key block 1");
    BLOCK_KEY2 = (6, 0, 256, Some(25), Some(2), "key block 2");
    BLOCK_KEY3 = (7, 0, 256, Some(26), Some(3), "key block 3");
    BLOCK_KEY4 = (8, 0, 256, Some(27), Some(4), "key block 4");
    BLOCK_KEY5 = (9, 0, 256, Some(28), Some(5), "key block 5");
    BLOCK_SYS_DATA2 = (10, 0, 256, Some(29), Some(6), "system data, part 2 (reserved)");
}
