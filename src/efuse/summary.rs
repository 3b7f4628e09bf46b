//! A readable account of all fields of a bank, for reports.

use std::fmt;

use super::bank::EfuseBank;
use super::field::Field;
use crate::hex;

/// Columns of a field's name where the caller of `Display` gives no width: the longest of the ESP32's.
const NAME_WIDTH: usize = 22;

/// One field with its value and what protects it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldSummary {
    /// The field.
    pub field: &'static Field,
    /// The bits as the hardware holds them, little-endian, coding taken off; as many bytes as the payload has.
    pub value: Vec<u8>,
    /// Whether software reads zero in place of the value.
    pub read_protected: bool,
    /// Whether burning has no effect any more.
    pub write_protected: bool,
}

impl FieldSummary {
    /// Whether any bit is set.
    pub fn is_set(&self) -> bool {
        self.value.iter().any(|&byte| byte != 0)
    }
}

impl fmt::Display for FieldSummary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = f.width().unwrap_or(NAME_WIDTH);
        write!(f, "{:<width$} = ", self.field.name)?;
        if self.field.name == "MAC" {
            write_mac(f, self.value.iter().rev())?;
        } else if self.field.name == "CUSTOM_MAC" {
            write_mac(f, self.value.iter())?;
        } else if self.field.bits > 64 {
            // As registers and espefuse show a block: first byte first.
            f.write_str(&hex::encode(&self.value))?;
        } else {
            let number = self.value.iter().rev();
            let number = number.fold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
            write!(f, "{number:#x}")?;
        }
        f.write_str(match (self.read_protected, self.write_protected) {
            (false, false) => "",
            (true, false) => " (hidden from software)",
            (false, true) => " (write-protected)",
            (true, true) => " (hidden from software, write-protected)",
        })
    }
}

fn write_mac<'a>(f: &mut fmt::Formatter<'_>, bytes: impl Iterator<Item = &'a u8>) -> fmt::Result {
    let bytes: Vec<String> = bytes.map(|byte| format!("{byte:02x}")).collect();
    f.write_str(&bytes.join(":"))
}

impl EfuseBank {
    /// All fields with their values, by block and place.
    pub fn summary(&self) -> Vec<FieldSummary> {
        let summary = |field: &'static Field| {
            let mut value = self.get_bytes(field);
            if field.block != 0 {
                let start = field.bit / 8;
                let room = self.coding_scheme().payload_len().saturating_sub(start);
                value.truncate(room);
            }
            FieldSummary {
                field,
                value,
                read_protected: self.is_read_protected(field),
                write_protected: self.is_write_protected(field),
            }
        };
        self.fields().iter().map(summary).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::{Chip, ChipRevision};
    use crate::efuse::FlashEncryption;
    use crate::efuse::tables::esp32::CODING_SCHEME;

    fn lines(bank: &EfuseBank) -> Vec<String> {
        let set = bank.summary().into_iter().filter(FieldSummary::is_set);
        set.map(|field| field.to_string()).collect()
    }

    #[test]
    fn release_configuration() {
        let revision = ChipRevision::new(3, 1);
        let mut bank = EfuseBank::factory(Chip::Esp32, revision, [0x24, 0x0A, 0xC4, 1, 2, 3]);
        let config = FlashEncryption::release(&[0xAB; 32]);
        bank.burn_flash_encryption(&config).unwrap();
        let wanted = [
            "WR_DIS                 = 0x84".to_owned(),
            "RD_DIS                 = 0x1".to_owned(),
            "FLASH_CRYPT_CNT        = 0x1 (write-protected)".to_owned(),
            "MAC                    = 24:0a:c4:01:02:03".to_owned(),
            "MAC_CRC                = 0x38".to_owned(),
            "CHIP_VER_REV1          = 0x1".to_owned(),
            "CHIP_VER_REV2          = 0x1".to_owned(),
            "WAFER_VERSION_MINOR    = 0x1".to_owned(),
            "FLASH_CRYPT_CONFIG     = 0xf".to_owned(),
            "CONSOLE_DEBUG_DISABLE  = 0x1".to_owned(),
            "JTAG_DISABLE           = 0x1".to_owned(),
            "DISABLE_DL_ENCRYPT     = 0x1".to_owned(),
            "DISABLE_DL_DECRYPT     = 0x1".to_owned(),
            "DISABLE_DL_CACHE       = 0x1".to_owned(),
            format!(
                "BLOCK1                 = {} (hidden from software, write-protected)",
                "ab".repeat(32)
            ),
        ];
        assert_eq!(lines(&bank), wanted);
        assert_eq!(bank.summary().len(), bank.fields().len());
    }

    #[test]
    fn coded_blocks_are_shorter() {
        let mut bank = EfuseBank::blank(Chip::Esp32);
        bank.burn(&CODING_SCHEME, 1).unwrap();
        bank.burn_flash_key(&[1; 24]).unwrap();
        bank.burn_custom_mac([1, 2, 3, 4, 5, 6]).unwrap();
        let mac = "CUSTOM_MAC             = 01:02:03:04:05:06".to_owned();
        assert!(lines(&bank).contains(&mac), "{:?}", lines(&bank));
        let block1 = format!("BLOCK1                 = {}", "01".repeat(24));
        assert!(lines(&bank).contains(&block1), "{:?}", lines(&bank));
    }
}
