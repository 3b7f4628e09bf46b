//! The eFuse fields of the ESP32-S3.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32s3/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32s3.yaml`, both generated from the eFuse description 7127dd097e72bb90d0b790d460993126.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32s3/include/esp_efuse_chip.h`.

use super::layout::LARGE_BLOCKS;
use super::table::{BlockCoding, ChipTable, KeySlot, RevisionFields, WaferFields, fields};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-S3 for the bank.
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
        first_if_1_1: Some((BLK_VERSION_MAJOR, BLK_VERSION_MINOR)),
    }),
    // The factory burns block 1 and the calibration data in block 2.
    factory_blocks: &[1, 2],
    identity: &[],
    key_slots: &[
        KeySlot::new(BLOCK_KEY0, KEY_PURPOSE_0, None, true),
        KeySlot::new(BLOCK_KEY1, KEY_PURPOSE_1, None, true),
        KeySlot::new(BLOCK_KEY2, KEY_PURPOSE_2, None, true),
        KeySlot::new(BLOCK_KEY3, KEY_PURPOSE_3, None, true),
        KeySlot::new(BLOCK_KEY4, KEY_PURPOSE_4, None, true),
        KeySlot::new(BLOCK_KEY5, KEY_PURPOSE_5, None, false),
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
    DIS_RTC_RAM_BOOT = (0, 39, 1, Some(1), None, "no boot from RTC memory (reserved)");
    DIS_ICACHE = (0, 40, 1, Some(2), None, "instruction cache off");
    DIS_DCACHE = (0, 41, 1, Some(2), None, "data cache off");
    DIS_DOWNLOAD_ICACHE = (0, 42, 1, Some(2), None, "instruction cache off in download mode");
    DIS_DOWNLOAD_DCACHE = (0, 43, 1, Some(2), None, "data cache off in download mode");
    DIS_FORCE_DOWNLOAD = (0, 44, 1, Some(2), None, "software cannot force download mode");
    DIS_USB_OTG = (0, 45, 1, Some(2), None, "USB OTG off");
    DIS_TWAI = (0, 46, 1, Some(2), None, "TWAI (CAN) off");
    DIS_APP_CPU = (0, 47, 1, Some(2), None, "no second core");
    SOFT_DIS_JTAG = (0, 48, 3, Some(31), None, "JTAG is off while an odd number of bits is set; the HMAC unit can switch it on again");
    DIS_PAD_JTAG = (0, 51, 1, Some(2), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 52, 1, Some(2), None, "no flash encryption in download mode");
    USB_DREFH = (0, 53, 2, Some(30), None, "USB receiver threshold, high");
    USB_DREFL = (0, 55, 2, Some(30), None, "USB receiver threshold, low");
    USB_EXCHG_PINS = (0, 57, 1, Some(30), None, "USB D+ and D- swapped");
    USB_EXT_PHY_ENABLE = (0, 58, 1, Some(30), None, "external USB PHY");
    BTLC_GPIO_ENABLE = (0, 59, 2, Some(30), None, "Bluetooth GPIO signals");
    VDD_SPI_MODECURLIM = (0, 61, 1, Some(3), None, "flash voltage regulator: current limit mode");
    VDD_SPI_DREFH = (0, 62, 2, Some(3), None, "flash voltage regulator: high reference");
    VDD_SPI_DREFM = (0, 64, 2, Some(3), None, "flash voltage regulator: medium reference");
    VDD_SPI_DREFL = (0, 66, 2, Some(3), None, "flash voltage regulator: low reference");
    VDD_SPI_XPD = (0, 68, 1, Some(3), None, "flash voltage regulator on");
    VDD_SPI_TIEH = (0, 69, 1, Some(3), None, "flash voltage 3.3 V, else 1.8 V");
    VDD_SPI_FORCE = (0, 70, 1, Some(3), None, "flash voltage from eFuses, not from the strap");
    VDD_SPI_EN_INIT = (0, 71, 1, Some(3), None, "flash voltage regulator: initialise");
    VDD_SPI_ENCURLIM = (0, 72, 1, Some(3), None, "flash voltage regulator: limit the current");
    VDD_SPI_DCURLIM = (0, 73, 3, Some(3), None, "flash voltage regulator: current limit");
    VDD_SPI_INIT = (0, 76, 2, Some(3), None, "flash voltage regulator: resistor to ground");
    VDD_SPI_DCAP = (0, 78, 2, Some(3), None, "flash voltage regulator: overshoot");
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
    DIS_USB_JTAG = (0, 118, 1, Some(2), None, "JTAG over USB off");
    DIS_USB_SERIAL_JTAG = (0, 119, 1, Some(2), None, "USB serial/JTAG off");
    STRAP_JTAG_SEL = (0, 120, 1, Some(2), None, "a strap chooses between JTAG over pins and over USB");
    USB_PHY_SEL = (0, 121, 1, Some(2), None, "internal USB PHY belongs to USB OTG");
    POWER_GLITCH_DSENSE = (0, 122, 2, Some(17), None, "sample delay of the power glitch detector");
    FLASH_TPUW = (0, 124, 4, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 128, 1, Some(18), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 129, 1, Some(18), None, "direct boot off");
    DIS_USB_SERIAL_JTAG_ROM_PRINT = (0, 130, 1, Some(18), None, "ROM does not print on USB serial/JTAG");
    FLASH_ECC_MODE = (0, 131, 1, Some(18), None, "flash ECC mode in ROM");
    DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE = (0, 132, 1, Some(18), None, "no download mode over USB serial/JTAG");
    ENABLE_SECURITY_DOWNLOAD = (0, 133, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 134, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    PIN_POWER_SELECTION = (0, 136, 1, Some(18), None, "power supply of GPIO33 to GPIO37");
    FLASH_TYPE = (0, 137, 1, Some(18), None, "flash with 8 data lines, else 4");
    FLASH_PAGE_SIZE = (0, 138, 2, Some(18), None, "flash page size");
    FLASH_ECC_EN = (0, 140, 1, Some(18), None, "flash ECC at boot");
    FORCE_SEND_RESUME = (0, 141, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 142, 16, Some(18), None, "minimum secure version (anti-rollback)");
    POWERGLITCH_EN = (0, 158, 1, Some(17), None, "power glitch detector on");
    DIS_USB_OTG_DOWNLOAD_MODE = (0, 159, 1, Some(19), None, "no download mode over USB OTG");
    DISABLE_WAFER_VERSION_MAJOR = (0, 160, 1, Some(19), None, "software does not check the major chip revision");
    DISABLE_BLK_VERSION_MAJOR = (0, 161, 1, Some(19), None, "software does not check the major block version");
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
    WAFER_VERSION_MINOR_LO = (1, 114, 3, Some(20), None, "minor chip revision, low bits");
    PKG_VERSION = (1, 117, 3, Some(20), None, "package");
    BLK_VERSION_MINOR = (1, 120, 3, Some(20), None, "minor version of the calibration data");
    FLASH_CAP = (1, 123, 3, Some(20), None, "size of the flash in the package");
    FLASH_TEMP = (1, 126, 2, Some(20), None, "temperature range of the flash in the package");
    FLASH_VENDOR = (1, 128, 3, Some(20), None, "vendor of the flash in the package");
    PSRAM_CAP = (1, 131, 2, Some(20), None, "size of the PSRAM in the package");
    PSRAM_TEMP = (1, 133, 2, Some(20), None, "temperature range of the PSRAM in the package");
    PSRAM_VENDOR = (1, 135, 2, Some(20), None, "vendor of the PSRAM in the package");
    K_RTC_LDO = (1, 141, 7, Some(20), None, "calibration of the RTC regulator, slope");
    K_DIG_LDO = (1, 148, 7, Some(20), None, "calibration of the digital regulator, slope");
    V_RTC_DBIAS20 = (1, 155, 8, Some(20), None, "calibration of the RTC regulator, voltage");
    V_DIG_DBIAS20 = (1, 163, 8, Some(20), None, "calibration of the digital regulator, voltage");
    DIG_DBIAS_HVT = (1, 171, 5, Some(20), None, "digital bias of slow transistors");
    PSRAM_CAP_3 = (1, 179, 1, Some(20), None, "size of the PSRAM in the package, high bit");
    WAFER_VERSION_MINOR_HI = (1, 183, 1, Some(20), None, "minor chip revision, high bit");
    WAFER_VERSION_MAJOR = (1, 184, 2, Some(20), None, "major chip revision");
    ADC2_CAL_VOL_ATTEN3 = (1, 186, 6, Some(20), None, "ADC2 calibration, voltage at attenuation 3");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    BLK_VERSION_MAJOR = (2, 128, 2, Some(21), None, "major version of the calibration data");
    TEMP_CALIB = (2, 132, 9, Some(21), None, "calibration of the temperature sensor");
    OCODE = (2, 141, 8, Some(21), None, "ADC calibration, OCode");
    ADC1_INIT_CODE_ATTEN0 = (2, 149, 8, Some(21), None, "ADC1 calibration, initial code at attenuation 0");
    ADC1_INIT_CODE_ATTEN1 = (2, 157, 6, Some(21), None, "ADC1 calibration, initial code at attenuation 1");
    ADC1_INIT_CODE_ATTEN2 = (2, 163, 6, Some(21), None, "ADC1 calibration, initial code at attenuation 2");
    ADC1_INIT_CODE_ATTEN3 = (2, 169, 6, Some(21), None, "ADC1 calibration, initial code at attenuation 3");
    ADC2_INIT_CODE_ATTEN0 = (2, 175, 8, Some(21), None, "ADC2 calibration, initial code at attenuation 0");
    ADC2_INIT_CODE_ATTEN1 = (2, 183, 6, Some(21), None, "ADC2 calibration, initial code at attenuation 1");
    ADC2_INIT_CODE_ATTEN2 = (2, 189, 6, Some(21), None, "ADC2 calibration, initial code at attenuation 2");
    ADC2_INIT_CODE_ATTEN3 = (2, 195, 6, Some(21), None, "ADC2 calibration, initial code at attenuation 3");
    ADC1_CAL_VOL_ATTEN0 = (2, 201, 8, Some(21), None, "ADC1 calibration, voltage at attenuation 0");
    ADC1_CAL_VOL_ATTEN1 = (2, 209, 8, Some(21), None, "ADC1 calibration, voltage at attenuation 1");
    ADC1_CAL_VOL_ATTEN2 = (2, 217, 8, Some(21), None, "ADC1 calibration, voltage at attenuation 2");
    ADC1_CAL_VOL_ATTEN3 = (2, 225, 8, Some(21), None, "ADC1 calibration, voltage at attenuation 3");
    ADC2_CAL_VOL_ATTEN0 = (2, 233, 8, Some(21), None, "ADC2 calibration, voltage at attenuation 0");
    ADC2_CAL_VOL_ATTEN1 = (2, 241, 7, Some(21), None, "ADC2 calibration, voltage at attenuation 1");
    ADC2_CAL_VOL_ATTEN2 = (2, 248, 7, Some(21), None, "ADC2 calibration, voltage at attenuation 2");
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
