//! The eFuse fields of the ESP32-C2.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32c2/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32c2.yaml`, both generated from the eFuse description 58a0463c13130569739af12cde638a4a.
//! Names are those of the latter; fields that it calls reserved are left out.
//!
//! The one key block has no purpose field: how it is used follows from XTS_KEY_LENGTH_256 and SECURE_BOOT_EN (ESP-IDF
//! `components/efuse/esp32c2/esp_efuse_utility.c`, esptool `espefuse/efuse/esp32c2/operations.py`).

use super::table::{BlockCoding, BlockSpec, ChipTable, RevisionFields, WaferFields, fields};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-C2 for the bank.
pub static TABLE: ChipTable = ChipTable {
    fields: FIELDS,
    blocks: &[
        BlockSpec::new(2, None, None),
        BlockSpec::new(3, Some(5), None),
        BlockSpec::new(8, Some(6), None),
        BlockSpec::new(8, Some(7), None),
    ],
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
    factory_blocks: &[2],
    identity: &[],
    key_slots: &[],
    purposes: PURPOSES,
    later: None,
};

/// What `espefuse burn-key` knows; the codes stand in no eFuse.
const PURPOSES: &[(u8, KeyPurpose)] = &[
    (0, KeyPurpose::User),
    (1, KeyPurpose::XtsAes128Key),
    (2, KeyPurpose::XtsAes128DerivedKey),
    (3, KeyPurpose::SecureBootDigest),
];

// Name = (block, first bit, number of bits, WR_DIS bit, RD_DIS bit, meaning).
fields! {
    WR_DIS = (0, 0, 8, None, None, "write protection, one bit a group of fields");
    RD_DIS = (0, 32, 2, Some(0), None, "read protection of the halves of the key block");
    WDT_DELAY_SEL = (0, 34, 2, Some(1), None, "time limit of the RTC watchdog at boot");
    DIS_PAD_JTAG = (0, 36, 1, Some(1), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_ICACHE = (0, 37, 1, Some(1), None, "instruction cache off in download mode");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 38, 1, Some(2), None, "no flash encryption in download mode");
    SPI_BOOT_CRYPT_CNT = (0, 39, 3, Some(2), None, "flash encryption is on while an odd number of bits is set");
    XTS_KEY_LENGTH_256 = (0, 42, 1, Some(2), None, "flash key of 256 bits, else derived from 128");
    UART_PRINT_CONTROL = (0, 43, 2, Some(3), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    FORCE_SEND_RESUME = (0, 45, 1, Some(3), None, "ROM sends flash a resume command at boot");
    DIS_DOWNLOAD_MODE = (0, 46, 1, Some(3), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 47, 1, Some(3), None, "direct boot off");
    ENABLE_SECURITY_DOWNLOAD = (0, 48, 1, Some(3), None, "download mode is the secure one: no memory access");
    FLASH_TPUW = (0, 49, 4, Some(3), None, "waiting time for flash after power-up, in ms");
    SECURE_BOOT_EN = (0, 53, 1, Some(2), None, "secure boot on");
    SECURE_VERSION = (0, 54, 4, Some(4), None, "minimum secure version (anti-rollback)");
    CUSTOM_MAC_USED = (0, 58, 1, Some(4), None, "1: CUSTOM_MAC is burned");
    DISABLE_WAFER_VERSION_MAJOR = (0, 59, 1, Some(4), None, "software does not check the major chip revision");
    DISABLE_BLK_VERSION_MAJOR = (0, 60, 1, Some(4), None, "software does not check the major block version");
    CUSTOM_MAC = (1, 0, 48, Some(5), None, "custom MAC address, first byte in the lowest bits");
    MAC = (2, 0, 48, Some(6), None, "factory MAC address, last byte in the lowest bits");
    WAFER_VERSION_MINOR = (2, 48, 4, Some(6), None, "minor chip revision");
    WAFER_VERSION_MAJOR = (2, 52, 2, Some(6), None, "major chip revision");
    PKG_VERSION = (2, 54, 3, Some(6), None, "package");
    BLK_VERSION_MINOR = (2, 57, 3, Some(6), None, "minor version of the calibration data");
    BLK_VERSION_MAJOR = (2, 60, 2, Some(6), None, "major version of the calibration data");
    OCODE = (2, 62, 7, Some(6), None, "ADC calibration, OCode");
    TEMP_CALIB = (2, 69, 9, Some(6), None, "calibration of the temperature sensor");
    ADC1_INIT_CODE_ATTEN0 = (2, 78, 8, Some(6), None, "ADC1 calibration, initial code at attenuation 0");
    ADC1_INIT_CODE_ATTEN3 = (2, 86, 5, Some(6), None, "ADC1 calibration, initial code at attenuation 3");
    ADC1_CAL_VOL_ATTEN0 = (2, 91, 8, Some(6), None, "ADC1 calibration, voltage at attenuation 0");
    ADC1_CAL_VOL_ATTEN3 = (2, 99, 6, Some(6), None, "ADC1 calibration, voltage at attenuation 3");
    DIG_DBIAS_HVT = (2, 105, 5, Some(6), None, "digital bias of slow transistors");
    DIG_LDO_SLP_DBIAS2 = (2, 110, 7, Some(6), None, "digital regulator asleep, bias 2");
    DIG_LDO_SLP_DBIAS26 = (2, 117, 8, Some(6), None, "digital regulator asleep, bias 26");
    DIG_LDO_ACT_DBIAS26 = (2, 125, 6, Some(6), None, "digital regulator while active, bias 26");
    DIG_LDO_ACT_STEPD10 = (2, 131, 4, Some(6), None, "digital regulator while active, step 10");
    RTC_LDO_SLP_DBIAS13 = (2, 135, 7, Some(6), None, "RTC regulator asleep, bias 13");
    RTC_LDO_SLP_DBIAS29 = (2, 142, 9, Some(6), None, "RTC regulator asleep, bias 29");
    RTC_LDO_SLP_DBIAS31 = (2, 151, 6, Some(6), None, "RTC regulator asleep, bias 31");
    RTC_LDO_ACT_DBIAS31 = (2, 157, 6, Some(6), None, "RTC regulator while active, bias 31");
    RTC_LDO_ACT_DBIAS13 = (2, 163, 8, Some(6), None, "RTC regulator while active, bias 13");
    ADC_CALIBRATION_3 = (2, 192, 11, Some(6), None, "ADC calibration, third part");
    FLASH_VENDOR = (2, 248, 3, Some(6), None, "vendor of the flash in the package");
    FLASH_TEMP = (2, 251, 2, Some(6), None, "temperature range of the flash in the package");
    FLASH_CAP = (2, 253, 3, Some(6), None, "size of the flash in the package");
    BLOCK_KEY0_LOW_128 = (3, 0, 128, Some(7), Some(0), "key block 0, lower half: flash key of 128 bits");
    BLOCK_KEY0_HI_128 = (3, 128, 128, Some(7), Some(1), "key block 0, upper half: public key digest of secure boot");
}
