//! The eFuse fields of the ESP32-H4.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32h4/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32h4.yaml`, generated from the eFuse descriptions
//! 6c3ca4b9e6c9ee71a1a0627fa77a905a and 97b741235f7bd10fda7dd2dc63598889; where they differ, the latter holds.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32h4/include/esp_efuse_chip.h` and esptool `espefuse/efuse/esp32h4/fields.py`.
//! BLOCK_KEY5 takes no flash key: ESP-IDF `SOC_EFUSE_BLOCK9_KEY_PURPOSE_QUIRK`.

use super::layout::LARGE_BLOCKS;
use super::table::{BlockCoding, ChipTable, KeySlot, RevisionFields, WaferFields, fields};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-H4 for the bank.
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
    (12, KeyPurpose::KmInitKey),
    (13, KeyPurpose::XtsAes256PsramKey1),
    (14, KeyPurpose::XtsAes256PsramKey2),
    (15, KeyPurpose::XtsAes128PsramKey),
    (16, KeyPurpose::EcdsaP192),
    (17, KeyPurpose::EcdsaP384Low),
    (18, KeyPurpose::EcdsaP384High),
    (19, KeyPurpose::Other(19)),
    (20, KeyPurpose::Other(20)),
    (21, KeyPurpose::Other(21)),
    (22, KeyPurpose::Other(22)),
    (23, KeyPurpose::Other(23)),
    (24, KeyPurpose::Other(24)),
    (25, KeyPurpose::Other(25)),
    (26, KeyPurpose::Other(26)),
    (27, KeyPurpose::Other(27)),
    (28, KeyPurpose::Other(28)),
    (29, KeyPurpose::Other(29)),
    (30, KeyPurpose::Other(30)),
    (31, KeyPurpose::Other(31)),
];

// Name = (block, first bit, number of bits, WR_DIS bit, RD_DIS bit, meaning).
fields! {
    WR_DIS = (0, 0, 32, None, None, "write protection, one bit a group of fields");
    RD_DIS = (0, 32, 7, Some(0), None, "read protection of key blocks and of BLOCK_SYS_DATA2");
    DIS_USB_JTAG = (0, 39, 1, Some(2), None, "JTAG over USB off");
    DIS_FORCE_DOWNLOAD = (0, 41, 1, Some(2), None, "software cannot force download mode");
    SPI_DOWNLOAD_MSPI_DIS = (0, 42, 1, Some(2), None, "flash controller off in download mode");
    DIS_TWAI = (0, 43, 1, Some(2), None, "TWAI (CAN) off");
    JTAG_SEL_ENABLE = (0, 44, 1, Some(2), None, "a strap chooses between JTAG over pins and over USB");
    DIS_PAD_JTAG = (0, 45, 1, Some(2), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 46, 1, Some(2), None, "no flash encryption in download mode");
    DIS_CORE1 = (0, 54, 1, Some(3), None, "second core off");
    SPI_BOOT_CRYPT_CNT = (0, 55, 3, Some(4), None, "flash encryption is on while an odd number of bits is set");
    SECURE_BOOT_KEY_REVOKE0 = (0, 58, 1, Some(5), None, "first secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE1 = (0, 59, 1, Some(6), None, "second secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE2 = (0, 60, 1, Some(7), None, "third secure boot key revoked");
    KEY_PURPOSE_0 = (0, 64, 5, Some(8), None, "purpose of BLOCK_KEY0");
    KEY_PURPOSE_1 = (0, 69, 5, Some(9), None, "purpose of BLOCK_KEY1");
    KEY_PURPOSE_2 = (0, 74, 5, Some(10), None, "purpose of BLOCK_KEY2");
    KEY_PURPOSE_3 = (0, 79, 5, Some(11), None, "purpose of BLOCK_KEY3");
    KEY_PURPOSE_4 = (0, 84, 5, Some(12), None, "purpose of BLOCK_KEY4");
    KEY_PURPOSE_5 = (0, 89, 5, Some(13), None, "purpose of BLOCK_KEY5");
    SEC_DPA_LEVEL = (0, 94, 2, Some(14), None, "level of the clock countermeasure against power analysis");
    XTS_DPA_PSEUDO_LEVEL = (0, 96, 2, Some(14), None, "dummy rounds of XTS-AES: 0 none to 3 most");
    XTS_DPA_CLK_ENABLE = (0, 98, 1, Some(14), None, "clock countermeasure of XTS-AES on");
    ECC_FORCE_CONST_TIME = (0, 99, 1, Some(14), None, "ECC unit always takes constant time");
    SECURE_BOOT_SHA384_EN = (0, 100, 1, Some(14), None, "secure boot with SHA-384");
    SECURE_BOOT_EN = (0, 101, 1, Some(15), None, "secure boot on");
    SECURE_BOOT_AGGRESSIVE_REVOKE = (0, 102, 1, Some(16), None, "a key whose signature fails is revoked at once");
    KM_DISABLE_DEPLOY_MODE = (0, 103, 5, Some(17), None, "keys that the Key Manager deploys no more, bits as in FORCE_USE_KEY_MANAGER_KEY");
    KM_RND_SWITCH_CYCLE = (0, 108, 2, Some(17), None, "Key Manager, cycle of random numbers");
    KM_DEPLOY_ONLY_ONCE = (0, 110, 5, Some(17), None, "keys that the Key Manager deploys once only, bits as in FORCE_USE_KEY_MANAGER_KEY");
    FORCE_USE_KEY_MANAGER_KEY = (0, 115, 5, Some(17), None, "keys that only the Key Manager may give: bit 0 ECDSA, 1 XTS-AES, 2 HMAC, 3 digital signature");
    FORCE_DISABLE_SW_INIT_KEY = (0, 120, 1, Some(17), None, "Key Manager takes no initial key of software");
    KM_XTS_KEY_LENGTH_256 = (0, 121, 1, Some(17), None, "XTS-AES-128 with a Key Manager key, else XTS-AES-256");
    LOCK_KM_KEY = (0, 122, 1, Some(17), None, "Key Manager keys locked once deployed");
    FLASH_TPUW = (0, 123, 3, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 127, 1, Some(18), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 128, 1, Some(18), None, "direct boot off");
    DIS_USB_SERIAL_JTAG_ROM_PRINT = (0, 129, 1, Some(18), None, "ROM does not print on USB serial/JTAG");
    DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE = (0, 130, 1, Some(18), None, "no download mode over USB serial/JTAG");
    ENABLE_SECURITY_DOWNLOAD = (0, 131, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 132, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    FORCE_SEND_RESUME = (0, 134, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 135, 16, Some(18), None, "minimum secure version (anti-rollback)");
    HUK_GEN_STATE = (0, 151, 5, Some(19), None, "hardware unique key: valid while an even number of bits is set");
    FLASH_LDO_EFUSE_SEL = (0, 156, 1, None, None, "flash voltage from FLASH_LDO_POWER_SEL, not from the strap");
    USB_EXCHG_PINS = (0, 168, 1, Some(30), None, "USB D+ and D- swapped");
    USB_OTG_FS_EXCHG_PINS = (0, 169, 1, Some(30), None, "USB OTG D+ and D- swapped");
    USB_PHY_SEL = (0, 170, 1, Some(30), None, "internal USB PHY belongs to USB OTG");
    SOFT_DIS_JTAG = (0, 171, 3, Some(31), None, "JTAG is off while an odd number of bits is set; the HMAC unit can switch it on again");
    IO_LDO_ADJUST = (0, 174, 8, None, None, "pin supply, mode and voltage");
    IO_LDO_1P8 = (0, 182, 1, None, None, "pin supply 1.8 V, else 3.3 V");
    DCDC_CCM_EN = (0, 183, 1, None, None, "DCDC in continuous mode");
    MAC = (1, 0, 48, Some(20), None, "factory MAC address, last byte in the lowest bits");
    MAC_EXT = (1, 48, 16, Some(20), None, "extension of the MAC address to 64 bits");
    WDT_DELAY_SEL = (1, 100, 2, Some(20), None, "time limit of the RTC watchdog at boot");
    HYS_EN_PAD = (1, 102, 1, Some(20), None, "hysteresis of the pins on");
    VDD_SPI_LDO_ADJUST = (1, 105, 8, Some(20), None, "flash supply, mode and voltage");
    FLASH_LDO_POWER_SEL = (1, 113, 1, Some(20), None, "flash voltage 1.8 V, else 1.2 V");
    WAFER_VERSION_MINOR = (1, 114, 4, Some(20), None, "minor chip revision");
    WAFER_VERSION_MAJOR = (1, 118, 2, Some(20), None, "major chip revision");
    DISABLE_WAFER_VERSION_MAJOR = (1, 120, 1, Some(20), None, "software does not check the major chip revision");
    DISABLE_BLK_VERSION_MAJOR = (1, 121, 1, Some(20), None, "software does not check the major block version");
    BLK_VERSION_MINOR = (1, 122, 3, Some(20), None, "minor version of the calibration data");
    BLK_VERSION_MAJOR = (1, 125, 2, Some(20), None, "major version of the calibration data");
    FLASH_CAP = (1, 127, 3, Some(20), None, "size of the flash in the package");
    FLASH_VENDOR = (1, 130, 3, Some(20), None, "vendor of the flash in the package");
    PSRAM_CAP = (1, 133, 3, Some(20), None, "size of the PSRAM in the package");
    PSRAM_VENDOR = (1, 136, 2, Some(20), None, "vendor of the PSRAM in the package");
    TEMP = (1, 138, 2, Some(20), None, "temperature range of the package");
    PKG_VERSION = (1, 140, 3, Some(20), None, "package");
    PVT_DRVB = (1, 143, 5, Some(20), None, "glitch monitor, driver bias");
    ADJUST_1V2 = (1, 148, 4, Some(20), None, "flash regulator, trim at 1.2 V");
    ADJUST_1V8 = (1, 152, 4, Some(20), None, "flash regulator, trim at 1.8 V");
    ACTIVE_DCDC_1V25 = (1, 156, 4, Some(20), None, "DCDC bias at 1.25 V while active");
    ACTIVE_DCDC_1V35 = (1, 160, 4, Some(20), None, "DCDC bias at 1.35 V while active");
    SLP_DCDC = (1, 164, 5, Some(20), None, "DCDC bias asleep");
    LSLP_HP_DRVB = (1, 169, 5, Some(20), None, "main driver bias in light sleep");
    DSLP_LP_DBIAS = (1, 174, 2, Some(20), None, "low-power bias in deep sleep");
    TEMP_CALIB = (1, 176, 10, Some(20), None, "calibration of the temperature sensor");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    OCODE = (2, 128, 8, Some(21), None, "ADC calibration, OCode");
    DCDC_OCODE = (2, 136, 8, Some(21), None, "DCDC calibration, OCode");
    VDD_3V4_DOUT = (2, 144, 10, Some(21), None, "ADC reading at 3.4 V");
    ADC1_AVE_INITCODE_ATTEN0 = (2, 154, 9, Some(21), None, "ADC1 calibration, mean initial code at attenuation 0");
    ADC1_AVE_INITCODE_ATTEN1 = (2, 163, 9, Some(21), None, "ADC1 calibration, mean initial code at attenuation 1");
    ADC1_AVE_INITCODE_ATTEN2 = (2, 172, 9, Some(21), None, "ADC1 calibration, mean initial code at attenuation 2");
    ADC1_AVE_INITCODE_ATTEN3 = (2, 181, 9, Some(21), None, "ADC1 calibration, mean initial code at attenuation 3");
    ADC1_HI_DOUT_ATTEN0 = (2, 190, 9, Some(21), None, "ADC1 calibration, reading at attenuation 0");
    ADC1_HI_DOUT_ATTEN1 = (2, 199, 9, Some(21), None, "ADC1 calibration, reading at attenuation 1");
    ADC1_HI_DOUT_ATTEN2 = (2, 208, 9, Some(21), None, "ADC1 calibration, reading at attenuation 2");
    ADC1_HI_DOUT_ATTEN3 = (2, 217, 9, Some(21), None, "ADC1 calibration, reading at attenuation 3");
    ADC1_CH0_ATTEN0_INITCODE_DIFF = (2, 226, 3, Some(21), None, "ADC1 calibration, channel 0: difference to the mean initial code");
    ADC1_CH1_ATTEN0_INITCODE_DIFF = (2, 229, 3, Some(21), None, "ADC1 calibration, channel 1: difference to the mean initial code");
    ADC1_CH2_ATTEN0_INITCODE_DIFF = (2, 232, 3, Some(21), None, "ADC1 calibration, channel 2: difference to the mean initial code");
    ADC1_CH3_ATTEN0_INITCODE_DIFF = (2, 235, 3, Some(21), None, "ADC1 calibration, channel 3: difference to the mean initial code");
    ADC1_CH4_ATTEN0_INITCODE_DIFF = (2, 238, 3, Some(21), None, "ADC1 calibration, channel 4: difference to the mean initial code");
    INITCODE_DIFF_1P8_3P3 = (2, 241, 5, Some(21), None, "ADC initial code, difference between 1.8 V and 3.3 V supply");
    HI_DOUT_DIFF_1P8_3P3 = (2, 246, 5, Some(21), None, "ADC reading, difference between 1.8 V and 3.3 V supply");
    BLOCK_USR_DATA = (3, 0, 192, Some(22), None, "user data");
    CUSTOM_MAC = (3, 200, 48, Some(22), None, "custom MAC address, first byte in the lowest bits");
    BLOCK_KEY0 = (4, 0, 256, Some(23), Some(0), "key block 0");
    BLOCK_KEY1 = (5, 0, 256, Some(24), Some(1), "key block 1");
    BLOCK_KEY2 = (6, 0, 256, Some(25), Some(2), "key block 2");
    BLOCK_KEY3 = (7, 0, 256, Some(26), Some(3), "key block 3");
    BLOCK_KEY4 = (8, 0, 256, Some(27), Some(4), "key block 4");
    BLOCK_KEY5 = (9, 0, 256, Some(28), Some(5), "key block 5");
    RXIQ_VERSION = (10, 0, 3, Some(29), Some(6), "RF calibration, version");
    RXIQ_0 = (10, 3, 7, Some(29), Some(6), "RF calibration, receiver IQ 0");
    RXIQ_1 = (10, 10, 7, Some(29), Some(6), "RF calibration, receiver IQ 1");
}
