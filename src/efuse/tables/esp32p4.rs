//! The eFuse fields of the ESP32-P4 before revision v3.0.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32p4/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32p4.yaml`, both generated from the eFuse description f7765f0ac3faf4b54f8c1f064307522c.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32p4/include/esp_efuse_chip.h` and esptool `espefuse/efuse/esp32p4/fields.py`.

use super::esp32p4_v3;
use super::layout::LARGE_BLOCKS;
use super::table::{BlockCoding, ChipTable, KeySlot, RevisionFields, WaferFields, fields};
use crate::chip::ChipRevision;
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-P4 before revision v3.0 for the bank.
pub static TABLE: ChipTable = ChipTable {
    fields: FIELDS,
    blocks: LARGE_BLOCKS,
    coding: BlockCoding::ReedSolomon,
    wr_dis: WR_DIS,
    rd_dis: RD_DIS,
    crypt_cnt: SPI_BOOT_CRYPT_CNT,
    mac: MAC,
    revision: RevisionFields::Wafer(&WaferFields {
        major: WAFER_VERSION_MAJOR_LO,
        major_high: Some(WAFER_VERSION_MAJOR_HI),
        minor_low: WAFER_VERSION_MINOR,
        minor_high: None,
        first_if_1_1: None,
    }),
    factory_blocks: &[1, 2],
    identity: &[
        ADC2_HI_DOUT_ATTEN0,
        ADC2_HI_DOUT_ATTEN1,
        ADC2_HI_DOUT_ATTEN2,
        ADC2_HI_DOUT_ATTEN3,
        ADC1_CH0_ATTEN0_INITCODE_DIFF,
        ADC1_CH1_ATTEN0_INITCODE_DIFF,
        ADC1_CH2_ATTEN0_INITCODE_DIFF,
        ADC1_CH3_ATTEN0_INITCODE_DIFF,
        ADC1_CH4_ATTEN0_INITCODE_DIFF,
        ADC1_CH5_ATTEN0_INITCODE_DIFF,
        ADC1_CH6_ATTEN0_INITCODE_DIFF,
        ADC1_CH7_ATTEN0_INITCODE_DIFF,
        ADC2_CH0_ATTEN0_INITCODE_DIFF,
        ADC2_CH1_ATTEN0_INITCODE_DIFF,
        ADC2_CH2_ATTEN0_INITCODE_DIFF,
        ADC2_CH3_ATTEN0_INITCODE_DIFF,
        ADC2_CH4_ATTEN0_INITCODE_DIFF,
        ADC2_CH5_ATTEN0_INITCODE_DIFF,
        TEMPERATURE_SENSOR,
    ],
    key_slots: &[
        KeySlot::new(BLOCK_KEY0, KEY_PURPOSE_0, None, true),
        KeySlot::new(BLOCK_KEY1, KEY_PURPOSE_1, None, true),
        KeySlot::new(BLOCK_KEY2, KEY_PURPOSE_2, None, true),
        KeySlot::new(BLOCK_KEY3, KEY_PURPOSE_3, None, true),
        KeySlot::new(BLOCK_KEY4, KEY_PURPOSE_4, None, true),
        KeySlot::new(BLOCK_KEY5, KEY_PURPOSE_5, None, true),
    ],
    purposes: PURPOSES,
    later: Some((ChipRevision::new(3, 0), &esp32p4_v3::TABLE)),
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
    (13, KeyPurpose::Other(13)),
    (14, KeyPurpose::Other(14)),
    (15, KeyPurpose::Other(15)),
];

// Name = (block, first bit, number of bits, WR_DIS bit, RD_DIS bit, meaning).
fields! {
    WR_DIS = (0, 0, 32, None, None, "write protection, one bit a group of fields");
    RD_DIS = (0, 32, 7, Some(0), None, "read protection of key blocks and of BLOCK_SYS_DATA2");
    USB_DEVICE_EXCHG_PINS = (0, 39, 1, Some(30), None, "USB serial/JTAG D+ and D- swapped");
    USB_OTG11_EXCHG_PINS = (0, 40, 1, Some(30), None, "USB OTG 1.1 D+ and D- swapped");
    DIS_USB_JTAG = (0, 41, 1, Some(2), None, "JTAG over USB off");
    POWERGLITCH_EN = (0, 42, 1, None, None, "power glitch detector on");
    DIS_FORCE_DOWNLOAD = (0, 44, 1, Some(2), None, "software cannot force download mode");
    SPI_DOWNLOAD_MSPI_DIS = (0, 45, 1, Some(2), None, "flash controller off in download mode");
    DIS_TWAI = (0, 46, 1, Some(2), None, "TWAI (CAN) off");
    JTAG_SEL_ENABLE = (0, 47, 1, Some(2), None, "a strap chooses between JTAG over pins and over USB");
    SOFT_DIS_JTAG = (0, 48, 3, Some(31), None, "JTAG is off while an odd number of bits is set; the HMAC unit can switch it on again");
    DIS_PAD_JTAG = (0, 51, 1, Some(2), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 52, 1, Some(2), None, "no flash encryption in download mode");
    USB_PHY_SEL = (0, 57, 1, Some(30), None, "internal USB PHY belongs to USB OTG");
    KM_HUK_GEN_STATE = (0, 58, 9, Some(19), None, "hardware unique key: valid while an even number of bits is set");
    KM_RND_SWITCH_CYCLE = (0, 67, 2, Some(1), None, "Key Manager, cycle of random numbers");
    KM_DEPLOY_ONLY_ONCE = (0, 69, 4, Some(1), None, "keys that the Key Manager deploys once only, bits as in FORCE_USE_KEY_MANAGER_KEY");
    FORCE_USE_KEY_MANAGER_KEY = (0, 73, 4, Some(1), None, "keys that only the Key Manager may give: bit 0 ECDSA, 1 XTS-AES, 2 HMAC, 3 digital signature");
    FORCE_DISABLE_SW_INIT_KEY = (0, 77, 1, Some(1), None, "Key Manager takes no initial key of software");
    XTS_KEY_LENGTH_256 = (0, 78, 1, Some(1), None, "XTS-AES-128 with a Key Manager key, else XTS-AES-256");
    WDT_DELAY_SEL = (0, 80, 2, Some(2), None, "time limit of the RTC watchdog at boot");
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
    ECDSA_ENABLE_SOFT_K = (0, 114, 1, Some(17), None, "ECDSA unit takes its random number from hardware only");
    CRYPT_DPA_ENABLE = (0, 115, 1, Some(14), None, "clock countermeasure against power analysis on");
    SECURE_BOOT_EN = (0, 116, 1, Some(15), None, "secure boot on");
    SECURE_BOOT_AGGRESSIVE_REVOKE = (0, 117, 1, Some(16), None, "a key whose signature fails is revoked at once");
    FLASH_TYPE = (0, 119, 1, Some(18), None, "flash with 8 data lines, else 4");
    FLASH_PAGE_SIZE = (0, 120, 2, Some(18), None, "flash page size");
    FLASH_ECC_EN = (0, 122, 1, Some(18), None, "flash ECC at boot");
    DIS_USB_OTG_DOWNLOAD_MODE = (0, 123, 1, Some(18), None, "no download mode over USB OTG");
    FLASH_TPUW = (0, 124, 4, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 128, 1, Some(18), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 129, 1, Some(18), None, "direct boot off");
    DIS_USB_SERIAL_JTAG_ROM_PRINT = (0, 130, 1, Some(18), None, "ROM does not print on USB serial/JTAG");
    LOCK_KM_KEY = (0, 131, 1, Some(1), None, "Key Manager keys locked once deployed");
    DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE = (0, 132, 1, Some(18), None, "no download mode over USB serial/JTAG");
    ENABLE_SECURITY_DOWNLOAD = (0, 133, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 134, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    FORCE_SEND_RESUME = (0, 136, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 137, 16, Some(18), None, "minimum secure version (anti-rollback)");
    SECURE_BOOT_DISABLE_FAST_WAKE = (0, 153, 1, Some(18), None, "no fast verification at wake-up");
    HYS_EN_PAD = (0, 154, 1, Some(2), None, "hysteresis of the pins on");
    DCDC_VSET = (0, 155, 5, None, None, "DCDC voltage");
    PXA0_TIEH_SEL_0 = (0, 160, 2, Some(2), None, "supply selection 0");
    PXA0_TIEH_SEL_1 = (0, 162, 2, Some(2), None, "supply selection 1");
    PXA0_TIEH_SEL_2 = (0, 164, 2, Some(2), None, "supply selection 2");
    PXA0_TIEH_SEL_3 = (0, 166, 2, Some(2), None, "supply selection 3");
    KM_DISABLE_DEPLOY_MODE = (0, 168, 4, Some(1), None, "keys that the Key Manager deploys no more, bits as in FORCE_USE_KEY_MANAGER_KEY");
    HP_PWR_SRC_SEL = (0, 178, 1, Some(3), None, "main supply from the DCDC, not from the regulator");
    DCDC_VSET_EN = (0, 179, 1, None, None, "DCDC voltage from eFuses");
    DIS_WDT = (0, 180, 1, Some(2), None, "watchdog off");
    DIS_SWD = (0, 181, 1, Some(2), None, "super watchdog off");
    MAC = (1, 0, 48, Some(20), None, "factory MAC address, last byte in the lowest bits");
    WAFER_VERSION_MINOR = (1, 64, 4, Some(20), None, "minor chip revision");
    WAFER_VERSION_MAJOR_LO = (1, 68, 2, Some(20), None, "major chip revision, low bits");
    DISABLE_WAFER_VERSION_MAJOR = (1, 70, 1, Some(20), None, "software does not check the major chip revision");
    DISABLE_BLK_VERSION_MAJOR = (1, 71, 1, Some(20), None, "software does not check the major block version");
    BLK_VERSION_MINOR = (1, 72, 3, Some(20), None, "minor version of the calibration data");
    BLK_VERSION_MAJOR = (1, 75, 2, Some(20), None, "major version of the calibration data");
    PSRAM_CAP = (1, 77, 3, Some(20), None, "size of the PSRAM in the package");
    TEMP = (1, 80, 2, Some(20), None, "temperature range of the package");
    PSRAM_VENDOR = (1, 82, 2, Some(20), None, "vendor of the PSRAM in the package");
    PKG_VERSION = (1, 84, 3, Some(20), None, "package");
    WAFER_VERSION_MAJOR_HI = (1, 87, 1, Some(20), None, "major chip revision, high bit");
    LDO_VO1_DREF = (1, 88, 4, Some(20), None, "regulator 1, reference");
    LDO_VO2_DREF = (1, 92, 4, Some(20), None, "regulator 2, reference");
    LDO_VO1_MUL = (1, 96, 3, Some(20), None, "regulator 1, factor");
    LDO_VO2_MUL = (1, 99, 3, Some(20), None, "regulator 2, factor");
    LDO_VO3_K = (1, 102, 8, Some(20), None, "regulator 3, calibration K");
    LDO_VO3_VOS = (1, 110, 6, Some(20), None, "regulator 3, offset");
    LDO_VO3_C = (1, 116, 6, Some(20), None, "regulator 3, calibration C");
    LDO_VO4_K = (1, 122, 8, Some(20), None, "regulator 4, calibration K");
    LDO_VO4_VOS = (1, 130, 6, Some(20), None, "regulator 4, offset");
    LDO_VO4_C = (1, 136, 6, Some(20), None, "regulator 4, calibration C");
    ACTIVE_HP_DBIAS = (1, 144, 4, Some(20), None, "bias of the main digital regulator while active");
    ACTIVE_LP_DBIAS = (1, 148, 4, Some(20), None, "bias of the low-power regulator while active");
    LSLP_HP_DBIAS = (1, 152, 4, Some(20), None, "main bias in light sleep");
    DSLP_DBG = (1, 156, 4, Some(20), None, "bias driver in deep sleep");
    DSLP_LP_DBIAS = (1, 160, 5, Some(20), None, "low-power bias in deep sleep");
    LP_DCDC_DBIAS_VOL_GAP = (1, 165, 5, Some(20), None, "bias gap of low-power regulator and DCDC");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    ADC1_AVE_INITCODE_ATTEN0 = (2, 128, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 0");
    ADC1_AVE_INITCODE_ATTEN1 = (2, 138, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 1");
    ADC1_AVE_INITCODE_ATTEN2 = (2, 148, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 2");
    ADC1_AVE_INITCODE_ATTEN3 = (2, 158, 10, Some(21), None, "ADC1 calibration, mean initial code at attenuation 3");
    ADC2_AVE_INITCODE_ATTEN0 = (2, 168, 10, Some(21), None, "ADC2 calibration, mean initial code at attenuation 0");
    ADC2_AVE_INITCODE_ATTEN1 = (2, 178, 10, Some(21), None, "ADC2 calibration, mean initial code at attenuation 1");
    ADC2_AVE_INITCODE_ATTEN2 = (2, 188, 10, Some(21), None, "ADC2 calibration, mean initial code at attenuation 2");
    ADC2_AVE_INITCODE_ATTEN3 = (2, 198, 10, Some(21), None, "ADC2 calibration, mean initial code at attenuation 3");
    ADC1_HI_DOUT_ATTEN0 = (2, 208, 10, Some(21), None, "ADC1 calibration, reading at attenuation 0");
    ADC1_HI_DOUT_ATTEN1 = (2, 218, 10, Some(21), None, "ADC1 calibration, reading at attenuation 1");
    ADC1_HI_DOUT_ATTEN2 = (2, 228, 10, Some(21), None, "ADC1 calibration, reading at attenuation 2");
    ADC1_HI_DOUT_ATTEN3 = (2, 238, 10, Some(21), None, "ADC1 calibration, reading at attenuation 3");
    BLOCK_USR_DATA = (3, 0, 192, Some(22), None, "user data");
    CUSTOM_MAC = (3, 200, 48, Some(22), None, "custom MAC address, first byte in the lowest bits");
    BLOCK_KEY0 = (4, 0, 256, Some(23), Some(0), "key block 0");
    BLOCK_KEY1 = (5, 0, 256, Some(24), Some(1), "key block 1");
    BLOCK_KEY2 = (6, 0, 256, Some(25), Some(2), "key block 2");
    BLOCK_KEY3 = (7, 0, 256, Some(26), Some(3), "key block 3");
    BLOCK_KEY4 = (8, 0, 256, Some(27), Some(4), "key block 4");
    BLOCK_KEY5 = (9, 0, 256, Some(28), Some(5), "key block 5");
    ADC2_HI_DOUT_ATTEN0 = (10, 0, 10, Some(29), Some(6), "ADC2 calibration, reading at attenuation 0");
    ADC2_HI_DOUT_ATTEN1 = (10, 10, 10, Some(29), Some(6), "ADC2 calibration, reading at attenuation 1");
    ADC2_HI_DOUT_ATTEN2 = (10, 20, 10, Some(29), Some(6), "ADC2 calibration, reading at attenuation 2");
    ADC2_HI_DOUT_ATTEN3 = (10, 30, 10, Some(29), Some(6), "ADC2 calibration, reading at attenuation 3");
    ADC1_CH0_ATTEN0_INITCODE_DIFF = (10, 40, 4, Some(29), Some(6), "ADC1 calibration, channel 0: difference to the mean initial code");
    ADC1_CH1_ATTEN0_INITCODE_DIFF = (10, 44, 4, Some(29), Some(6), "ADC1 calibration, channel 1: difference to the mean initial code");
    ADC1_CH2_ATTEN0_INITCODE_DIFF = (10, 48, 4, Some(29), Some(6), "ADC1 calibration, channel 2: difference to the mean initial code");
    ADC1_CH3_ATTEN0_INITCODE_DIFF = (10, 52, 4, Some(29), Some(6), "ADC1 calibration, channel 3: difference to the mean initial code");
    ADC1_CH4_ATTEN0_INITCODE_DIFF = (10, 56, 4, Some(29), Some(6), "ADC1 calibration, channel 4: difference to the mean initial code");
    ADC1_CH5_ATTEN0_INITCODE_DIFF = (10, 60, 4, Some(29), Some(6), "ADC1 calibration, channel 5: difference to the mean initial code");
    ADC1_CH6_ATTEN0_INITCODE_DIFF = (10, 64, 4, Some(29), Some(6), "ADC1 calibration, channel 6: difference to the mean initial code");
    ADC1_CH7_ATTEN0_INITCODE_DIFF = (10, 68, 4, Some(29), Some(6), "ADC1 calibration, channel 7: difference to the mean initial code");
    ADC2_CH0_ATTEN0_INITCODE_DIFF = (10, 72, 4, Some(29), Some(6), "ADC2 calibration, channel 0: difference to the mean initial code");
    ADC2_CH1_ATTEN0_INITCODE_DIFF = (10, 76, 4, Some(29), Some(6), "ADC2 calibration, channel 1: difference to the mean initial code");
    ADC2_CH2_ATTEN0_INITCODE_DIFF = (10, 80, 4, Some(29), Some(6), "ADC2 calibration, channel 2: difference to the mean initial code");
    ADC2_CH3_ATTEN0_INITCODE_DIFF = (10, 84, 4, Some(29), Some(6), "ADC2 calibration, channel 3: difference to the mean initial code");
    ADC2_CH4_ATTEN0_INITCODE_DIFF = (10, 88, 4, Some(29), Some(6), "ADC2 calibration, channel 4: difference to the mean initial code");
    ADC2_CH5_ATTEN0_INITCODE_DIFF = (10, 92, 4, Some(29), Some(6), "ADC2 calibration, channel 5: difference to the mean initial code");
    TEMPERATURE_SENSOR = (10, 96, 9, Some(29), Some(6), "calibration of the temperature sensor");
}
