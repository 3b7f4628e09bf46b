//! The eFuse fields of the ESP32-C61.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32c61/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32c61.yaml`, both generated from the eFuse description d435ade68d90ef96b0522478b2d8ba75.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32c61/include/esp_efuse_chip.h` and esptool `espefuse/efuse/esp32c61/fields.py`.

use super::layout::LARGE_BLOCKS;
use super::table::{BlockCoding, ChipTable, KeySlot, RevisionFields, WaferFields, fields};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-C61 for the bank.
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
        KeySlot::new(BLOCK_KEY5, KEY_PURPOSE_5, None, true),
    ],
    purposes: PURPOSES,
    later: None,
};

const PURPOSES: &[(u8, KeyPurpose)] = &[
    (0, KeyPurpose::User),
    (1, KeyPurpose::Ecdsa),
    (4, KeyPurpose::XtsAes128Key),
    (9, KeyPurpose::SecureBootDigest0),
    (10, KeyPurpose::SecureBootDigest1),
    (11, KeyPurpose::SecureBootDigest2),
];

// Name = (block, first bit, number of bits, WR_DIS bit, RD_DIS bit, meaning).
fields! {
    WR_DIS = (0, 0, 32, None, None, "write protection, one bit a group of fields");
    RD_DIS = (0, 32, 7, Some(0), None, "read protection of key blocks and of BLOCK_SYS_DATA2");
    DIS_ICACHE = (0, 39, 1, Some(2), None, "instruction cache off");
    DIS_USB_JTAG = (0, 40, 1, Some(2), None, "JTAG over USB off");
    DIS_FORCE_DOWNLOAD = (0, 42, 1, Some(2), None, "software cannot force download mode");
    SPI_DOWNLOAD_MSPI_DIS = (0, 43, 1, Some(2), None, "flash controller off in download mode");
    JTAG_SEL_ENABLE = (0, 44, 1, Some(2), None, "a strap chooses between JTAG over pins and over USB");
    DIS_PAD_JTAG = (0, 45, 1, Some(2), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 46, 1, Some(2), None, "no flash encryption in download mode");
    USB_EXCHG_PINS = (0, 51, 1, Some(30), None, "USB D+ and D- swapped");
    VDD_SPI_AS_GPIO = (0, 52, 1, Some(30), None, "pin VDD_SPI is a GPIO");
    WDT_DELAY_SEL = (0, 53, 2, Some(3), None, "time limit of the RTC watchdog at boot");
    SPI_BOOT_CRYPT_CNT = (0, 55, 3, Some(4), None, "flash encryption is on while an odd number of bits is set");
    SECURE_BOOT_KEY_REVOKE0 = (0, 58, 1, Some(5), None, "first secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE1 = (0, 59, 1, Some(6), None, "second secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE2 = (0, 60, 1, Some(7), None, "third secure boot key revoked");
    KEY_PURPOSE_0 = (0, 64, 4, Some(8), None, "purpose of BLOCK_KEY0");
    KEY_PURPOSE_1 = (0, 68, 4, Some(9), None, "purpose of BLOCK_KEY1");
    KEY_PURPOSE_2 = (0, 72, 4, Some(10), None, "purpose of BLOCK_KEY2");
    KEY_PURPOSE_3 = (0, 76, 4, Some(11), None, "purpose of BLOCK_KEY3");
    KEY_PURPOSE_4 = (0, 80, 4, Some(12), None, "purpose of BLOCK_KEY4");
    KEY_PURPOSE_5 = (0, 84, 4, Some(13), None, "purpose of BLOCK_KEY5");
    SEC_DPA_LEVEL = (0, 88, 2, Some(14), None, "level of the clock countermeasure against power analysis");
    SECURE_BOOT_EN = (0, 90, 1, Some(15), None, "secure boot on");
    SECURE_BOOT_AGGRESSIVE_REVOKE = (0, 91, 1, Some(16), None, "a key whose signature fails is revoked at once");
    FLASH_TPUW = (0, 92, 4, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 96, 1, Some(18), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 97, 1, Some(18), None, "direct boot off");
    DIS_USB_SERIAL_JTAG_ROM_PRINT = (0, 98, 1, Some(18), None, "ROM does not print on USB serial/JTAG");
    DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE = (0, 99, 1, Some(18), None, "no download mode over USB serial/JTAG");
    ENABLE_SECURITY_DOWNLOAD = (0, 100, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 101, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    FORCE_SEND_RESUME = (0, 103, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 104, 16, Some(18), None, "minimum secure version (anti-rollback)");
    SECURE_BOOT_DISABLE_FAST_WAKE = (0, 120, 1, Some(18), None, "no fast verification at wake-up");
    HYS_EN_PAD = (0, 121, 1, Some(2), None, "hysteresis of the pins on");
    XTS_DPA_CLK_ENABLE = (0, 122, 1, Some(14), None, "clock countermeasure of XTS-AES on");
    XTS_DPA_PSEUDO_LEVEL = (0, 123, 2, Some(14), None, "dummy rounds of XTS-AES: 0 none to 3 most");
    DIS_WIFI6 = (0, 125, 1, Some(2), None, "Wi-Fi 6 off");
    ECDSA_DISABLE_P192 = (0, 126, 1, Some(14), None, "ECDSA unit without P-192");
    ECC_FORCE_CONST_TIME = (0, 127, 1, Some(14), None, "ECC unit always takes constant time");
    BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION = (0, 128, 4, None, None, "minimum secure version of the bootloader");
    BOOTLOADER_ANTI_ROLLBACK_EN = (0, 132, 1, None, None, "ROM checks the bootloader's secure version");
    BOOTLOADER_ANTI_ROLLBACK_UPDATE_IN_ROM = (0, 133, 1, None, None, "ROM raises the bootloader's minimum secure version");
    RECOVERY_BOOTLOADER_FLASH_SECTOR = (0, 134, 12, None, None, "flash sector of the recovery bootloader; 0 and 0xfff: none");
    MAC = (1, 0, 48, Some(20), None, "factory MAC address, last byte in the lowest bits");
    WAFER_VERSION_MINOR = (1, 64, 4, Some(20), None, "minor chip revision");
    WAFER_VERSION_MAJOR = (1, 68, 2, Some(20), None, "major chip revision");
    DISABLE_WAFER_VERSION_MAJOR = (1, 70, 1, Some(20), None, "software does not check the major chip revision");
    DISABLE_BLK_VERSION_MAJOR = (1, 71, 1, Some(20), None, "software does not check the major block version");
    BLK_VERSION_MINOR = (1, 72, 3, Some(20), None, "minor version of the calibration data");
    BLK_VERSION_MAJOR = (1, 75, 2, Some(20), None, "major version of the calibration data");
    FLASH_CAP = (1, 77, 3, Some(20), None, "size of the flash in the package");
    FLASH_VENDOR = (1, 80, 3, Some(20), None, "vendor of the flash in the package");
    PSRAM_CAP = (1, 83, 3, Some(20), None, "size of the PSRAM in the package");
    PSRAM_VENDOR = (1, 86, 2, Some(20), None, "vendor of the PSRAM in the package");
    TEMP = (1, 88, 2, Some(20), None, "temperature range of the package");
    PKG_VERSION = (1, 90, 3, Some(20), None, "package");
    ACTIVE_HP_DBIAS = (1, 93, 4, Some(20), None, "bias of the main digital regulator while active");
    ACTIVE_LP_DBIAS = (1, 97, 4, Some(20), None, "bias of the low-power regulator while active");
    LSLP_HP_DBG = (1, 101, 2, Some(20), None, "main bias driver in light sleep");
    LSLP_HP_DBIAS = (1, 103, 4, Some(20), None, "main bias in light sleep");
    DSLP_LP_DBG = (1, 107, 4, Some(20), None, "low-power bias driver in deep sleep");
    DSLP_LP_DBIAS = (1, 111, 5, Some(20), None, "low-power bias in deep sleep");
    LP_HP_DBIAS_VOL_GAP = (1, 116, 5, Some(20), None, "bias gap of the two regulators");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    TEMPERATURE_SENSOR = (2, 128, 9, Some(21), None, "calibration of the temperature sensor");
    OCODE = (2, 137, 8, Some(21), None, "ADC calibration, OCode");
    ADC1_AVE_INIT_CODE_ATTEN0 = (2, 145, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 0");
    ADC1_AVE_INIT_CODE_ATTEN1 = (2, 155, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 1");
    ADC1_AVE_INIT_CODE_ATTEN2 = (2, 165, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 2");
    ADC1_AVE_INIT_CODE_ATTEN3 = (2, 175, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 3");
    ADC1_HI_DOUT_ATTEN0 = (2, 185, 10, Some(21), None, "ADC1 calibration, reading at attenuation 0");
    ADC1_HI_DOUT_ATTEN1 = (2, 195, 10, Some(21), None, "ADC1 calibration, reading at attenuation 1");
    ADC1_HI_DOUT_ATTEN2 = (2, 205, 10, Some(21), None, "ADC1 calibration, reading at attenuation 2");
    ADC1_HI_DOUT_ATTEN3 = (2, 215, 10, Some(21), None, "ADC1 calibration, reading at attenuation 3");
    ADC1_CH0_ATTEN0_INITCODE_DIFF = (2, 225, 4, Some(21), None, "ADC1 calibration, channel 0: difference to the mean initial code");
    ADC1_CH1_ATTEN0_INITCODE_DIFF = (2, 229, 4, Some(21), None, "ADC1 calibration, channel 1: difference to the mean initial code");
    ADC1_CH2_ATTEN0_INITCODE_DIFF = (2, 233, 4, Some(21), None, "ADC1 calibration, channel 2: difference to the mean initial code");
    ADC1_CH3_ATTEN0_INITCODE_DIFF = (2, 237, 4, Some(21), None, "ADC1 calibration, channel 3: difference to the mean initial code");
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
