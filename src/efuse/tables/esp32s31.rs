//! The eFuse fields of the ESP32-S31.
//!
//! Places and protection bits: ESP-IDF `components/efuse/esp32s31/esp_efuse_table.csv` and esptool
//! `espefuse/efuse_defs/esp32s31.yaml`, generated from the eFuse descriptions
//! 2ec5c3c5bd07b0b4e073b91d75592d8f and 2f5c1899d7491959b8b9f4d3fac8b980; where they differ, the latter holds.
//! Names are those of the latter; fields that it calls reserved are left out. Purposes: ESP-IDF
//! `components/efuse/esp32s31/include/esp_efuse_chip.h` and esptool `espefuse/efuse/esp32s31/fields.py`.

use super::table::{
    BlockCoding, BlockSpec, ChipTable, KeySlot, RevisionFields, WaferFields, fields,
};
use crate::efuse::purpose::KeyPurpose;

/// The ESP32-S31 for the bank.
pub static TABLE: ChipTable = ChipTable {
    fields: FIELDS,
    blocks: &[
        BlockSpec::new(9, None, None),
        BlockSpec::new(6, Some(20), None),
        BlockSpec::new(8, Some(21), None),
        BlockSpec::new(8, Some(22), None),
        BlockSpec::new(8, Some(23), Some(0)),
        BlockSpec::new(8, Some(24), Some(1)),
        BlockSpec::new(8, Some(25), Some(2)),
        BlockSpec::new(8, Some(26), Some(3)),
        BlockSpec::new(8, Some(27), Some(4)),
        BlockSpec::new(8, Some(28), Some(5)),
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
    factory_blocks: &[1, 2],
    identity: &[],
    key_slots: &[
        KeySlot::new(BLOCK_KEY0, KEY_PURPOSE_0, None, true),
        KeySlot::new(BLOCK_KEY1, KEY_PURPOSE_1, None, true),
        KeySlot::new(BLOCK_KEY2, KEY_PURPOSE_2, None, true),
        KeySlot::new(BLOCK_KEY3, KEY_PURPOSE_3, None, true),
        KeySlot::new(BLOCK_KEY4, KEY_PURPOSE_4, None, true),
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
    (19, KeyPurpose::SdcKeyDigest),
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
    DIS_USB_JTAG = (0, 42, 1, Some(2), None, "JTAG over USB off");
    DIS_FORCE_DOWNLOAD = (0, 44, 1, Some(2), None, "software cannot force download mode");
    SPI_DOWNLOAD_MSPI_DIS = (0, 45, 1, Some(2), None, "flash controller off in download mode");
    DIS_TWAI = (0, 46, 1, Some(2), None, "TWAI (CAN) off");
    JTAG_SEL_ENABLE = (0, 47, 1, Some(2), None, "a strap chooses between JTAG over pins and over USB");
    SOFT_DIS_JTAG = (0, 48, 3, Some(31), None, "JTAG is off while an odd number of bits is set; the HMAC unit can switch it on again");
    DIS_PAD_JTAG = (0, 51, 1, Some(2), None, "JTAG over pins off for good");
    DIS_DOWNLOAD_MANUAL_ENCRYPT = (0, 52, 1, Some(2), None, "no flash encryption in download mode");
    HUK_GEN_STATE = (0, 55, 5, Some(19), None, "hardware unique key: valid while an even number of bits is set");
    KM_RND_SWITCH_CYCLE = (0, 64, 1, Some(1), None, "Key Manager, cycle of random numbers");
    KM_DISABLE_DEPLOY_MODE = (0, 66, 5, Some(1), None, "keys that the Key Manager deploys no more, bits as in FORCE_USE_KEY_MANAGER_KEY");
    KM_DEPLOY_ONLY_ONCE = (0, 71, 5, Some(1), None, "keys that the Key Manager deploys once only, bits as in FORCE_USE_KEY_MANAGER_KEY");
    FORCE_USE_KEY_MANAGER_KEY = (0, 76, 5, Some(1), None, "keys that only the Key Manager may give: bit 0 ECDSA, 1 XTS-AES, 2 HMAC, 3 digital signature");
    FORCE_DISABLE_SW_INIT_KEY = (0, 81, 1, Some(1), None, "Key Manager takes no initial key of software");
    KM_XTS_KEY_LENGTH_256 = (0, 82, 1, Some(1), None, "XTS-AES-128 with a Key Manager key, else XTS-AES-256");
    WDT_DELAY_SEL = (0, 83, 1, Some(2), None, "time limit of the RTC watchdog at boot");
    DIS_SM_CRYPT = (0, 84, 1, Some(14), None, "SM2 and SM3 off");
    SPI_BOOT_CRYPT_CNT = (0, 85, 3, Some(4), None, "flash encryption is on while an odd number of bits is set");
    SECURE_BOOT_KEY_REVOKE0 = (0, 88, 1, Some(5), None, "first secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE1 = (0, 89, 1, Some(6), None, "second secure boot key revoked");
    SECURE_BOOT_KEY_REVOKE2 = (0, 90, 1, Some(7), None, "third secure boot key revoked");
    KEY_PURPOSE_0 = (0, 96, 5, Some(8), None, "purpose of BLOCK_KEY0");
    KEY_PURPOSE_1 = (0, 101, 5, Some(9), None, "purpose of BLOCK_KEY1");
    KEY_PURPOSE_2 = (0, 106, 5, Some(10), None, "purpose of BLOCK_KEY2");
    KEY_PURPOSE_3 = (0, 111, 5, Some(11), None, "purpose of BLOCK_KEY3");
    KEY_PURPOSE_4 = (0, 116, 5, Some(12), None, "purpose of BLOCK_KEY4");
    ECC_FORCE_CONST_TIME = (0, 121, 1, Some(14), None, "ECC unit always takes constant time");
    ECDSA_DISABLE_SOFT_K = (0, 122, 1, Some(14), None, "ECDSA unit takes no random number of software");
    SEC_DPA_LEVEL = (0, 123, 2, Some(14), None, "level of the clock countermeasure against power analysis");
    XTS_DPA_CLK_ENABLE = (0, 125, 1, Some(14), None, "clock countermeasure of XTS-AES on");
    XTS_DPA_PSEUDO_LEVEL = (0, 128, 2, Some(14), None, "dummy rounds of XTS-AES: 0 none to 3 most");
    SECURE_BOOT_EN = (0, 130, 1, Some(15), None, "secure boot on");
    SECURE_BOOT_AGGRESSIVE_REVOKE = (0, 131, 1, Some(16), None, "a key whose signature fails is revoked at once");
    FLASH_TYPE = (0, 133, 1, Some(18), None, "flash with 8 data lines, else 4");
    DIS_USB_OTG_DOWNLOAD_MODE = (0, 137, 1, Some(18), None, "no download mode over USB OTG");
    FLASH_TPUW = (0, 140, 4, Some(18), None, "waiting time for flash after power-up, in ms");
    DIS_DOWNLOAD_MODE = (0, 144, 1, Some(18), None, "download mode off");
    DIS_DIRECT_BOOT = (0, 145, 1, Some(18), None, "direct boot off");
    DIS_USB_SERIAL_JTAG_ROM_PRINT = (0, 146, 1, Some(18), None, "ROM does not print on USB serial/JTAG");
    LOCK_KM_KEY = (0, 147, 1, Some(1), None, "Key Manager keys locked once deployed");
    DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE = (0, 148, 1, Some(18), None, "no download mode over USB serial/JTAG");
    ENABLE_SECURITY_DOWNLOAD = (0, 149, 1, Some(18), None, "download mode is the secure one: no memory access");
    UART_PRINT_CONTROL = (0, 150, 2, Some(18), None, "when ROM prints on the UART: 0 always, 1 and 2 by a strap, 3 never");
    FORCE_SEND_RESUME = (0, 152, 1, Some(18), None, "ROM sends flash a resume command at boot");
    SECURE_VERSION = (0, 160, 16, Some(18), None, "minimum secure version (anti-rollback)");
    SECURE_BOOT_DISABLE_FAST_WAKE = (0, 176, 1, Some(2), None, "no fast verification at wake-up");
    HYS_EN_PAD = (0, 177, 1, None, None, "hysteresis of the pins on");
    DCDC_VSET_EN = (0, 194, 1, None, None, "DCDC voltage from eFuses");
    DIS_WDT = (0, 195, 1, Some(2), None, "watchdog off");
    DIS_SWD = (0, 196, 1, Some(2), None, "super watchdog off");
    SECURE_BOOT_SHA384_EN = (0, 203, 1, None, None, "secure boot with SHA-384");
    BOOTLOADER_ANTI_ROLLBACK_SECURE_VERSION = (0, 204, 4, None, None, "minimum secure version of the bootloader");
    BOOTLOADER_ANTI_ROLLBACK_EN = (0, 208, 1, None, None, "ROM checks the bootloader's secure version");
    BOOTLOADER_ANTI_ROLLBACK_UPDATE_IN_ROM = (0, 209, 1, None, None, "ROM raises the bootloader's minimum secure version");
    RECOVERY_BOOTLOADER_FLASH_SECTOR = (0, 210, 12, None, None, "flash sector of the recovery bootloader; 0 and 0xfff: none");
    SDC_ENA = (0, 222, 2, None, None, "debug controller SDC in download mode: on while one of the bits is set");
    SDC_SESSION_COUNTER = (0, 224, 3, None, None, "debug controller SDC: number of sessions");
    SDC_NONCE_ENA = (0, 227, 2, Some(14), None, "debug controller SDC: use of a nonce");
    SDC_CHIP_INFO_SOURCE = (0, 229, 1, Some(14), None, "debug controller SDC: chip information from the hardware unique key");
    SDC_DISABLE_FAST_VEF = (0, 230, 1, Some(14), None, "debug controller SDC: no fast verification");
    PVT_0_GLITCH_EN = (0, 231, 1, Some(3), None, "glitch monitor 0 on");
    PVT_0_GLITCH_MODE = (0, 232, 2, Some(3), None, "glitch monitor 0, mode");
    PVT_1_GLITCH_EN = (0, 234, 1, Some(3), None, "glitch monitor 1 on");
    PVT_1_GLITCH_MODE = (0, 235, 2, Some(3), None, "glitch monitor 1, mode");
    PMU_FLASH_POWER_SEL = (0, 237, 1, Some(2), None, "flash voltage 3.3 V, else 1.8 V");
    PMU_FLASH_POWER_SEL_EN = (0, 238, 1, Some(2), None, "PMU_FLASH_POWER_SEL is valid");
    POWER_GLITCH_EN = (0, 239, 4, Some(2), None, "power glitch detectors on");
    ENA_XTS_SHADOW = (0, 243, 1, Some(14), None, "shadow core of XTS-AES against faults on");
    ENA_SPI_BOOT_CRYPT_SCRAMBLER = (0, 244, 1, Some(14), None, "scrambler over flash ciphertext on");
    RE_ENABLE_JTAG_SOURCE = (0, 245, 1, Some(14), None, "HMAC switches JTAG on again, else the debug controller SDC");
    MAC = (1, 0, 48, Some(20), None, "factory MAC address, last byte in the lowest bits");
    MAC_EXT = (1, 48, 16, Some(20), None, "extension of the MAC address to 64 bits");
    WAFER_VERSION_MINOR = (1, 114, 4, Some(20), None, "minor chip revision");
    WAFER_VERSION_MAJOR = (1, 118, 2, Some(20), None, "major chip revision");
    DISABLE_WAFER_VERSION_MAJOR = (1, 120, 1, Some(20), None, "software does not check the major chip revision");
    DISABLE_BLK_VERSION_MAJOR = (1, 121, 1, Some(20), None, "software does not check the major block version");
    BLK_VERSION_MINOR = (1, 122, 3, Some(20), None, "minor version of the calibration data");
    BLK_VERSION_MAJOR = (1, 125, 2, Some(20), None, "major version of the calibration data");
    PSRAM_CAP = (1, 127, 3, Some(20), None, "size of the PSRAM in the package");
    TEMP = (1, 130, 2, Some(20), None, "temperature range of the package");
    PSRAM_VENDOR = (1, 132, 2, Some(20), None, "vendor of the PSRAM in the package");
    PKG_VERSION = (1, 134, 2, Some(20), None, "package");
    OCODE = (1, 136, 8, Some(20), None, "ADC calibration, OCode");
    ACTIVE_HP_DBIAS = (1, 144, 4, Some(20), None, "bias of the main digital regulator while active");
    ACTIVE_LP_DBIAS = (1, 148, 4, Some(20), None, "bias of the low-power regulator while active");
    LSLP_HP_DBG = (1, 152, 2, Some(20), None, "main bias driver in light sleep");
    LSLP_HP_DBIAS = (1, 154, 4, Some(20), None, "main bias in light sleep");
    DSLP_LP_DBG = (1, 158, 4, Some(20), None, "low-power bias driver in deep sleep");
    DSLP_LP_DBIAS = (1, 162, 5, Some(20), None, "low-power bias in deep sleep");
    LP_HP_DBIAS_VOL_GAP = (1, 167, 5, Some(20), None, "bias gap of the two regulators");
    PVT_DBIAS = (1, 172, 4, Some(20), None, "glitch monitor, bias");
    OPTIONAL_UNIQUE_ID = (2, 0, 128, Some(21), None, "unique number of the chip, if the factory burned one");
    TEMP_CALIBRATION = (2, 128, 10, Some(21), None, "calibration of the temperature sensor");
    SPI_LDO_1V8_DREF = (2, 138, 4, Some(21), None, "flash regulator at 1.8 V, reference");
    SPI_LDO_1V8_MUL = (2, 142, 3, Some(21), None, "flash regulator at 1.8 V, factor");
    ADC1_WEIGHT_BIT16 = (2, 145, 10, Some(21), None, "ADC1 calibration, weight of bit 16");
    ADC1_WEIGHT_BIT15 = (2, 155, 9, Some(21), None, "ADC1 calibration, weight of bit 15");
    ADC1_WEIGHT_BIT14 = (2, 164, 8, Some(21), None, "ADC1 calibration, weight of bit 14");
    ADC1_WEIGHT_BIT13 = (2, 172, 8, Some(21), None, "ADC1 calibration, weight of bit 13");
    ADC1_WEIGHT_BIT12 = (2, 180, 8, Some(21), None, "ADC1 calibration, weight of bit 12");
    ADC1_WEIGHT_BIT11 = (2, 188, 6, Some(21), None, "ADC1 calibration, weight of bit 11");
    ADC1_WEIGHT_BIT10 = (2, 194, 5, Some(21), None, "ADC1 calibration, weight of bit 10");
    ADC2_WEIGHT_BIT16 = (2, 199, 10, Some(21), None, "ADC2 calibration, weight of bit 16");
    ADC2_WEIGHT_BIT15 = (2, 209, 9, Some(21), None, "ADC2 calibration, weight of bit 15");
    ADC2_WEIGHT_BIT14 = (2, 218, 8, Some(21), None, "ADC2 calibration, weight of bit 14");
    ADC2_WEIGHT_BIT13 = (2, 226, 8, Some(21), None, "ADC2 calibration, weight of bit 13");
    ADC2_WEIGHT_BIT12 = (2, 234, 8, Some(21), None, "ADC2 calibration, weight of bit 12");
    ADC2_WEIGHT_BIT11 = (2, 242, 6, Some(21), None, "ADC2 calibration, weight of bit 11");
    ADC2_WEIGHT_BIT10 = (2, 248, 5, Some(21), None, "ADC2 calibration, weight of bit 10");
    BLOCK_USR_DATA = (3, 0, 192, Some(22), None, "user data");
    CUSTOM_MAC = (3, 200, 48, Some(22), None, "custom MAC address, first byte in the lowest bits");
    BLOCK_KEY0 = (4, 0, 256, Some(23), Some(0), "key block 0");
    BLOCK_KEY1 = (5, 0, 256, Some(24), Some(1), "key block 1");
    BLOCK_KEY2 = (6, 0, 256, Some(25), Some(2), "key block 2");
    BLOCK_KEY3 = (7, 0, 256, Some(26), Some(3), "key block 3");
    BLOCK_KEY4 = (8, 0, 256, Some(27), Some(4), "key block 4");
    ADC1_DIFF_K = (9, 0, 11, Some(28), Some(5), "ADC1 calibration, differential input, slope");
    ADC1_DIFF_B = (9, 11, 10, Some(28), Some(5), "ADC1 calibration, differential input, intercept");
    ADC1_P_K = (9, 21, 11, Some(28), Some(5), "ADC1 calibration, positive input, slope");
    ADC1_P_B = (9, 32, 10, Some(28), Some(5), "ADC1 calibration, positive input, intercept");
    ADC1_N_K = (9, 42, 11, Some(28), Some(5), "ADC1 calibration, negative input, slope");
    ADC1_N_B = (9, 53, 10, Some(28), Some(5), "ADC1 calibration, negative input, intercept");
    ADC2_DIFF_K = (9, 63, 11, Some(28), Some(5), "ADC2 calibration, differential input, slope");
    ADC2_DIFF_B = (9, 74, 10, Some(28), Some(5), "ADC2 calibration, differential input, intercept");
    ADC2_P_K = (9, 84, 11, Some(28), Some(5), "ADC2 calibration, positive input, slope");
    ADC2_P_B = (9, 95, 10, Some(28), Some(5), "ADC2 calibration, positive input, intercept");
    ADC2_N_K = (9, 105, 11, Some(28), Some(5), "ADC2 calibration, negative input, slope");
    ADC2_N_B = (9, 116, 10, Some(28), Some(5), "ADC2 calibration, negative input, intercept");
    USB_DEVICE_EXCHG_PINS = (9, 192, 1, Some(28), Some(5), "USB serial/JTAG D+ and D- swapped");
}
