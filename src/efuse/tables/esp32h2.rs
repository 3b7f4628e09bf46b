//! The eFuse fields of the ESP32-H2.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32h2/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32h2.yaml`, both generated from the eFuse description 11c7025451192cbb14f11dfe294ca26a.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32h2/include/esp_efuse_chip.h` and esptool `espefuse/efuse/esp32h2/fields.py`.
//! BLOCK_KEY5 takes no flash key: ESP-IDF `SOC_EFUSE_BLOCK9_KEY_PURPOSE_QUIRK`.
//! ECDSA_FORCE_USE_HARDWARE_K: `esp_efuse_table_v0.0_v1.1.csv` beside the former.

use super::layout::LARGE_BLOCKS;
use super::table::{BlockCoding, ChipTable, KeySlot, RevisionFields, WaferFields, fields};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-H2 for the bank.
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
        minor_low: WAFER_VERSION_MINOR,
        minor_high: None,
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
        KeySlot::new(BLOCK_KEY5, KEY_PURPOSE_5, None, false),
    ],
    purposes: PURPOSES,
    later: None,
};

const PURPOSES: &[(u8, KeyPurpose)] = &[
    (0, KeyPurpose::User),
    (1, KeyPurpose::Ecdsa),
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
    DIS_USB_JTAG = (0, 41, 1, Some(2), None, "JTAG over USB off");
    POWERGLITCH_EN = (0, 42, 1, Some(2), None, "power glitch detector on");
    DIS_FORCE_DOWNLOAD = (0, 44, 1, Some(2), None, "software cannot force download mode");
    SPI_DOWNLOAD_MSPI_DIS = (0, 45, 1, Some(2), None, "flash controller off in download mode");
    DIS_TWAI = (0, 46, 1, Some(2), None, "TWAI (CAN) off");
    JTAG_SEL_ENABLE = (0, 47, 1, Some(2), None, "a strap chooses between JTAG over pins and over USB");
    SOFT_DIS_JTAG = (0, 48, 3, Some(31), None, "JTAG is off while an odd number of bits is set; the HMAC unit can switch it on again");
    DIS_PAD_JTAG = (0, 51, 1, Some(2), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 52, 1, Some(2), None, "no flash encryption in download mode");
    USB_EXCHG_PINS = (0, 57, 1, Some(30), None, "USB D+ and D- swapped");
    VDD_SPI_AS_GPIO = (0, 58, 1, Some(30), None, "pin VDD_SPI is a GPIO");
    ECDSA_CURVE_MODE = (0, 59, 2, Some(17), None, "curves of the ECDSA unit: 0 and 3 P-256, 1 P-192, 2 both");
    ECC_FORCE_CONST_TIME = (0, 61, 1, Some(17), None, "ECC unit always takes constant time");
    XTS_DPA_PSEUDO_LEVEL = (0, 62, 2, Some(14), None, "dummy rounds of XTS-AES: 0 none to 3 most");
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
    SEC_DPA_LEVEL = (0, 112, 2, Some(14), None, "level of the clock countermeasure against power analysis");
    ECDSA_FORCE_USE_HARDWARE_K = (0, 114, 1, Some(17), None, "ECDSA unit takes its random number from hardware only (revisions before v1.2)");
    CRYPT_DPA_ENABLE = (0, 115, 1, Some(14), None, "clock countermeasure against power analysis on");
    SECURE_BOOT_EN = (0, 116, 1, Some(15), None, "secure boot on");
    SECURE_BOOT_AGGRESSIVE_REVOKE = (0, 117, 1, Some(16), None, "a key whose signature fails is revoked at once");
    POWERGLITCH_EN1 = (0, 118, 5, Some(2), None, "power glitch detectors on at power-up");
    FLASH_TPUW = (0, 124, 4, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 128, 1, Some(18), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 129, 1, Some(18), None, "direct boot off");
    DIS_USB_SERIAL_JTAG_ROM_PRINT = (0, 130, 1, Some(18), None, "ROM does not print on USB serial/JTAG");
    DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE = (0, 132, 1, Some(18), None, "no download mode over USB serial/JTAG");
    ENABLE_SECURITY_DOWNLOAD = (0, 133, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 134, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    FORCE_SEND_RESUME = (0, 136, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 137, 16, Some(18), None, "minimum secure version (anti-rollback)");
    SECURE_BOOT_DISABLE_FAST_WAKE = (0, 153, 1, Some(18), None, "no fast verification at wake-up");
    HYS_EN_PAD0 = (0, 154, 6, Some(19), None, "hysteresis of pins 0 to 5");
    HYS_EN_PAD1 = (0, 160, 22, Some(19), None, "hysteresis of pins 6 to 27");
    MAC = (1, 0, 48, Some(20), None, "factory MAC address, last byte in the lowest bits");
    MAC_EXT = (1, 48, 16, Some(20), None, "extension of the MAC address to 64 bits");
    RXIQ_VERSION = (1, 64, 3, Some(20), None, "RF calibration, version");
    RXIQ_0 = (1, 67, 7, Some(20), None, "RF calibration, receiver IQ 0");
    RXIQ_1 = (1, 74, 7, Some(20), None, "RF calibration, receiver IQ 1");
    ACTIVE_HP_DBIAS = (1, 81, 5, Some(20), None, "bias of the main digital regulator while active");
    ACTIVE_LP_DBIAS = (1, 86, 5, Some(20), None, "bias of the low-power regulator while active");
    DSLP_DBIAS = (1, 91, 4, Some(20), None, "bias in deep sleep");
    DBIAS_VOL_GAP = (1, 95, 5, Some(20), None, "bias gap of the two regulators");
    LSLP_HP_DBIAS = (1, 100, 3, Some(20), None, "main bias in light sleep");
    WAFER_VERSION_MINOR = (1, 114, 3, Some(20), None, "minor chip revision");
    WAFER_VERSION_MAJOR = (1, 117, 2, Some(20), None, "major chip revision");
    DISABLE_WAFER_VERSION_MAJOR = (1, 119, 1, Some(20), None, "software does not check the major chip revision");
    FLASH_CAP = (1, 120, 3, Some(20), None, "size of the flash in the package");
    FLASH_TEMP = (1, 123, 2, Some(20), None, "temperature range of the flash in the package");
    FLASH_VENDOR = (1, 125, 3, Some(20), None, "vendor of the flash in the package");
    PKG_VERSION = (1, 128, 3, Some(20), None, "package");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    BLK_VERSION_MINOR = (2, 130, 3, Some(21), None, "minor version of the calibration data");
    BLK_VERSION_MAJOR = (2, 133, 2, Some(21), None, "major version of the calibration data");
    DISABLE_BLK_VERSION_MAJOR = (2, 135, 1, Some(21), None, "software does not check the major block version");
    TEMP_CALIB = (2, 136, 9, Some(21), None, "calibration of the temperature sensor");
    ADC1_AVE_INITCODE_ATTEN0 = (2, 145, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 0");
    ADC1_AVE_INITCODE_ATTEN1 = (2, 155, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 1");
    ADC1_AVE_INITCODE_ATTEN2 = (2, 165, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 2");
    ADC1_AVE_INITCODE_ATTEN3 = (2, 175, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 3");
    ADC1_HI_DOUT_ATTEN0 = (2, 185, 10, Some(21), None, "ADC1 calibration, reading at attenuation 0");
    ADC1_HI_DOUT_ATTEN1 = (2, 195, 10, Some(21), None, "ADC1 calibration, reading at attenuation 1");
    ADC1_HI_DOUT_ATTEN2 = (2, 205, 10, Some(21), None, "ADC1 calibration, reading at attenuation 2");
    ADC1_HI_DOUT_ATTEN3 = (2, 215, 10, Some(21), None, "ADC1 calibration, reading at attenuation 3");
    ADC1_CH0_ATTEN0_INITCODE_DIFF = (2, 225, 4, Some(21), None, "ADC1 calibration, channel 0: difference to the mean initial code");
    ADC1_CH1_ATTEN0_INITCODE_DIFF = (2, 229, 4, Some(21), None, "ADC1 calibration, channel 1: difference to the mean initial code");
    ADC1_CH2_ATTEN0_INITCODE_DIFF = (2, 233, 4, Some(21), None, "ADC1 calibration, channel 2: difference to the mean initial code");
    ADC1_CH3_ATTEN0_INITCODE_DIFF = (2, 237, 4, Some(21), None, "ADC1 calibration, channel 3: difference to the mean initial code");
    ADC1_CH4_ATTEN0_INITCODE_DIFF = (2, 241, 4, Some(21), None, "ADC1 calibration, channel 4: difference to the mean initial code");
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
