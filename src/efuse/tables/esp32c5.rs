//! The eFuse fields of the ESP32-C5.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32c5/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32c5.yaml`, both generated from the eFuse description 5fa19c47032b7b37cf3859318065fb59.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32c5/include/esp_efuse_chip.h` and esptool `espefuse/efuse/esp32c5/fields.py`.

use super::layout::LARGE_BLOCKS;
use super::table::{BlockCoding, ChipTable, KeySlot, RevisionFields, WaferFields, fields};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-C5 for the bank.
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
    (2, KeyPurpose::Other(2)),
    (3, KeyPurpose::Other(3)),
    (4, KeyPurpose::XtsAes128Key),
    (5, KeyPurpose::HmacDownAll),
    (6, KeyPurpose::HmacDownJtag),
    (7, KeyPurpose::HmacDownDigitalSignature),
    (8, KeyPurpose::HmacUp),
    (9, KeyPurpose::SecureBootDigest0),
    (10, KeyPurpose::SecureBootDigest1),
    (11, KeyPurpose::SecureBootDigest2),
    (12, KeyPurpose::KmInitKey),
    (13, KeyPurpose::Other(13)),
    (14, KeyPurpose::Other(14)),
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
    BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION_HI = (0, 39, 1, None, None, "minimum secure version of the bootloader, high bit");
    DIS_ICACHE = (0, 40, 1, Some(2), None, "instruction cache off");
    DIS_USB_JTAG = (0, 41, 1, Some(2), None, "JTAG over USB off");
    BOOTLOADER_ANTI_ROLLBACK_EN = (0, 42, 1, None, None, "ROM checks the bootloader's secure version");
    DIS_FORCE_DOWNLOAD = (0, 44, 1, Some(2), None, "software cannot force download mode");
    SPI_DOWNLOAD_MSPI_DIS = (0, 45, 1, Some(2), None, "flash controller off in download mode");
    DIS_TWAI = (0, 46, 1, Some(2), None, "TWAI (CAN) off");
    JTAG_SEL_ENABLE = (0, 47, 1, Some(2), None, "a strap chooses between JTAG over pins and over USB");
    SOFT_DIS_JTAG = (0, 48, 3, Some(31), None, "JTAG is off while an odd number of bits is set; the HMAC unit can switch it on again");
    DIS_PAD_JTAG = (0, 51, 1, Some(2), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 52, 1, Some(2), None, "no flash encryption in download mode");
    USB_EXCHG_PINS = (0, 57, 1, Some(30), None, "USB D+ and D- swapped");
    VDD_SPI_AS_GPIO = (0, 58, 1, Some(30), None, "pin VDD_SPI is a GPIO");
    WDT_DELAY_SEL = (0, 59, 2, Some(3), None, "time limit of the RTC watchdog at boot");
    BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION_LO = (0, 61, 3, None, None, "minimum secure version of the bootloader, low bits");
    KM_DISABLE_DEPLOY_MODE = (0, 64, 4, Some(1), None, "keys that the Key Manager deploys no more, bits as in FORCE_USE_KEY_MANAGER_KEY");
    KM_RND_SWITCH_CYCLE = (0, 68, 2, Some(1), None, "Key Manager, cycle of random numbers");
    KM_DEPLOY_ONLY_ONCE = (0, 70, 4, Some(1), None, "keys that the Key Manager deploys once only, bits as in FORCE_USE_KEY_MANAGER_KEY");
    FORCE_USE_KEY_MANAGER_KEY = (0, 74, 4, Some(1), None, "keys that only the Key Manager may give: bit 0 ECDSA, 1 XTS-AES, 2 HMAC, 3 digital signature");
    FORCE_DISABLE_SW_INIT_KEY = (0, 78, 1, Some(1), None, "Key Manager takes no initial key of software");
    BOOTLOADER_ANTI_ROLLBACK_UPDATE_IN_ROM = (0, 79, 1, None, None, "ROM raises the bootloader's minimum secure version");
    SPI_BOOT_CRYPT_CNT = (0, 80, 3, Some(4), None, "flash encryption is on while an odd number of bits is set");
    SECURE_BOOT_KEY_REVOKE0 = (0, 83, 1, Some(5), None, "first secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE1 = (0, 84, 1, Some(6), None, "second secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE2 = (0, 85, 1, Some(7), None, "third secure boot key revoked");
    KEY_PURPOSE_0 = (0, 86, 5, Some(8), None, "purpose of BLOCK_KEY0");
    KEY_PURPOSE_1 = (0, 91, 5, Some(9), None, "purpose of BLOCK_KEY1");
    KEY_PURPOSE_2 = (0, 96, 5, Some(10), None, "purpose of BLOCK_KEY2");
    KEY_PURPOSE_3 = (0, 101, 5, Some(11), None, "purpose of BLOCK_KEY3");
    KEY_PURPOSE_4 = (0, 106, 5, Some(12), None, "purpose of BLOCK_KEY4");
    KEY_PURPOSE_5 = (0, 111, 5, Some(13), None, "purpose of BLOCK_KEY5");
    SEC_DPA_LEVEL = (0, 116, 2, Some(14), None, "level of the clock countermeasure against power analysis");
    RECOVERY_BOOTLOADER_FLASH_SECTOR_HI = (0, 118, 3, None, None, "flash sector of the recovery bootloader, high bits");
    SECURE_BOOT_EN = (0, 121, 1, Some(15), None, "secure boot on");
    SECURE_BOOT_AGGRESSIVE_REVOKE = (0, 122, 1, Some(16), None, "a key whose signature fails is revoked at once");
    KM_XTS_KEY_LENGTH_256 = (0, 123, 1, Some(1), None, "XTS-AES-128 with a Key Manager key, else XTS-AES-256");
    FLASH_TPUW = (0, 124, 4, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 128, 1, Some(18), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 129, 1, Some(18), None, "direct boot off");
    DIS_USB_SERIAL_JTAG_ROM_PRINT = (0, 130, 1, Some(18), None, "ROM does not print on USB serial/JTAG");
    LOCK_KM_KEY = (0, 131, 1, Some(1), None, "Key Manager keys locked once deployed");
    DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE = (0, 132, 1, Some(18), None, "no download mode over USB serial/JTAG");
    ENABLE_SECURITY_DOWNLOAD = (0, 133, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 134, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    FORCE_SEND_RESUME = (0, 136, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 137, 9, Some(18), None, "minimum secure version (anti-rollback)");
    SECURE_BOOT_DISABLE_FAST_WAKE = (0, 153, 1, Some(18), None, "no fast verification at wake-up");
    HYS_EN_PAD = (0, 154, 1, Some(2), None, "hysteresis of the pins on");
    XTS_DPA_PSEUDO_LEVEL = (0, 155, 2, Some(14), None, "dummy rounds of XTS-AES: 0 none to 3 most");
    XTS_DPA_CLK_ENABLE = (0, 157, 1, Some(14), None, "clock countermeasure of XTS-AES on");
    SECURE_BOOT_SHA384_EN = (0, 159, 1, Some(14), None, "secure boot with SHA-384");
    HUK_GEN_STATE = (0, 160, 9, Some(19), None, "hardware unique key: valid while an even number of bits is set");
    XTAL_48M_SEL = (0, 169, 3, Some(17), None, "crystal of 48 MHz while an odd number of bits is set, else 40 MHz");
    XTAL_48M_SEL_MODE = (0, 172, 1, Some(17), None, "crystal frequency from XTAL_48M_SEL, not from the strap");
    ECC_FORCE_CONST_TIME = (0, 173, 1, Some(14), None, "ECC unit always takes constant time");
    RECOVERY_BOOTLOADER_FLASH_SECTOR_LO = (0, 174, 9, None, None, "flash sector of the recovery bootloader, low bits");
    MAC = (1, 0, 48, Some(20), None, "factory MAC address, last byte in the lowest bits");
    MAC_EXT = (1, 48, 16, Some(20), None, "extension of the MAC address to 64 bits");
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
    PA_TRIM_VERSION = (1, 93, 3, Some(20), None, "RF amplifier trim, version");
    TRIM_N_BIAS = (1, 96, 5, Some(20), None, "RF calibration, bias N");
    TRIM_P_BIAS = (1, 101, 5, Some(20), None, "RF calibration, bias P");
    ACTIVE_HP_DBIAS = (1, 106, 4, Some(20), None, "bias of the main digital regulator while active");
    ACTIVE_LP_DBIAS = (1, 110, 4, Some(20), None, "bias of the low-power regulator while active");
    LSLP_HP_DBG = (1, 114, 2, Some(20), None, "main bias driver in light sleep");
    LSLP_HP_DBIAS = (1, 116, 4, Some(20), None, "main bias in light sleep");
    DSLP_LP_DBG = (1, 120, 4, Some(20), None, "low-power bias driver in deep sleep");
    DSLP_LP_DBIAS = (1, 124, 5, Some(20), None, "low-power bias in deep sleep");
    LP_HP_DBIAS_VOL_GAP = (1, 129, 5, Some(20), None, "bias gap of the two regulators");
    REF_CURR_CODE = (1, 134, 4, Some(20), None, "RF calibration, reference current");
    RES_TUNE_CODE = (1, 138, 5, Some(20), None, "RF calibration, resistance");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    TEMPERATURE_SENSOR = (2, 128, 9, Some(21), None, "calibration of the temperature sensor");
    OCODE = (2, 137, 8, Some(21), None, "ADC calibration, OCode");
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
    ADC1_CH5_ATTEN0_INITCODE_DIFF = (2, 245, 4, Some(21), None, "ADC1 calibration, channel 5: difference to the mean initial code");
    PVT_DBIAS = (2, 249, 5, Some(21), None, "glitch monitor, bias");
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
