//! The mask ROM: its image rebuilt from Espressif's ROM ELF, and its symbols.

use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use sha2::{Digest, Sha256};

use crate::chip::{Chip, ChipRevision};

/// Lowest address of the ESP32's mask ROM.
pub const ESP32_ROM_BASE: u32 = 0x4000_0000;
/// Address space of the ESP32's mask ROM, in bytes (TRM, "Embedded Memory": ROM 0 and ROM 1).
pub const ESP32_ROM_SIZE: usize = 0x7_0000;

/// A chip's mask ROM.
#[derive(Debug, Clone)]
pub struct Rom {
    chip: Chip,
    bytes: Vec<u8>,
    symbols: Vec<Symbol>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Symbol {
    address: u32,
    size: u32,
    name: String,
}

/// Why a ROM could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RomError {
    /// There is no ROM for this chip and revision.
    #[error("find a mask ROM for {chip} {revision}")]
    Unknown {
        /// The chip.
        chip: Chip,
        /// Its revision.
        revision: ChipRevision,
    },
    /// The ROM's ELF has not the expected form.
    #[error("read the mask ROM's ELF: {reason}")]
    Malformed {
        /// What is wrong.
        reason: String,
    },
}

fn malformed(reason: impl ToString) -> RomError {
    RomError::Malformed {
        reason: reason.to_string(),
    }
}

impl Rom {
    /// The mask ROM of a chip revision, from the ELFs that the `espflash` crate carries.
    ///
    /// # Errors
    /// If there is none.
    pub fn of(chip: Chip, revision: ChipRevision) -> Result<Self, RomError> {
        let elf = espflash::flasher::DeviceInfo {
            chip: match chip {
                Chip::Esp32 => espflash::target::Chip::Esp32,
                Chip::Esp32C3 => espflash::target::Chip::Esp32c3,
                Chip::Esp32S3 => espflash::target::Chip::Esp32s3,
                _ => return Err(RomError::Unknown { chip, revision }),
            },
            revision: Some((u32::from(revision.major), u32::from(revision.minor))),
            crystal_frequency: espflash::target::XtalFrequency::_40Mhz,
            flash_size: espflash::flasher::FlashSize::_4Mb,
            features: Vec::new(),
            mac_address: None,
        }
        .rom()
        .ok_or(RomError::Unknown { chip, revision })?;
        Self::from_elf(chip, &elf)
    }

    /// Rebuilds the ROM from its ELF.
    ///
    /// Code and constants stand at the physical addresses of the program headers. The initial values of RAM lie in
    /// sections at their run-time addresses only; the ROM's own table of copies (`_rom_store_table`: start, end, load
    /// address, core) and the word at `_data_start_btdm_rom` say where its start-up code expects them.
    ///
    /// # Errors
    /// If the ELF is not such a ROM.
    pub fn from_elf(chip: Chip, elf: &[u8]) -> Result<Self, RomError> {
        let file =
            object::read::elf::ElfFile32::<object::Endianness>::parse(elf).map_err(malformed)?;
        let mut rom = Rom {
            chip,
            bytes: Vec::new(),
            symbols: Vec::new(),
        };
        rom.place_segments(&file, elf)?;
        let stores = rom.initial_data(&file)?;
        for section in file.sections() {
            let Some(&(_, load)) = stores
                .iter()
                .find(|(start, _)| u64::from(*start) == section.address())
            else {
                continue;
            };
            if section.name().is_ok_and(|name| name.starts_with(".data")) {
                rom.place(load, section.data().map_err(malformed)?)?;
            }
        }
        rom.symbols = symbols(&file);
        Ok(rom)
    }

    fn place_segments(
        &mut self,
        file: &object::read::elf::ElfFile32<'_, object::Endianness>,
        elf: &[u8],
    ) -> Result<(), RomError> {
        use object::read::elf::ProgramHeader;
        let endian = file.endian();
        for header in file.elf_program_headers() {
            let address = header.p_paddr(endian);
            if header.p_type(endian) == object::elf::PT_LOAD && in_rom(address) {
                self.place(
                    address,
                    header
                        .data(endian, elf)
                        .map_err(|()| malformed("segment outside of the file"))?,
                )?;
            }
        }
        Ok(())
    }

    /// Run-time address and load address of every block of initialised data.
    fn initial_data(
        &self,
        file: &object::read::elf::ElfFile32<'_, object::Endianness>,
    ) -> Result<Vec<(u32, u32)>, RomError> {
        let find = |name: &str| {
            let symbol = file.symbols().find(|symbol| symbol.name() == Ok(name));
            symbol
                .map(|symbol| symbol.address() as u32)
                .ok_or_else(|| malformed(format!("no symbol {name}")))
        };
        let (start, end) = (find("_rom_store_table")?, find("_bss_table_start")?);
        let table = self
            .bytes
            .get((start - ESP32_ROM_BASE) as usize..end.saturating_sub(ESP32_ROM_BASE) as usize)
            .ok_or_else(|| malformed("_rom_store_table outside of the ROM"))?;
        let word = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let mut stores: Vec<(u32, u32)> = table
            .chunks_exact(16)
            .filter(|entry| word(entry) != word(&entry[4..]))
            .map(|entry| (word(entry), word(&entry[8..])))
            .collect();
        let pointer = find("_data_start_btdm_rom")?.wrapping_sub(ESP32_ROM_BASE) as usize;
        let load = self.bytes.get(pointer..pointer + 4).map(word);
        let load = load.ok_or_else(|| malformed("_data_start_btdm_rom outside of the ROM"))?;
        stores.push((find("_data_start_btdm")?, load));
        Ok(stores)
    }

    fn place(&mut self, address: u32, data: &[u8]) -> Result<(), RomError> {
        let start = address.wrapping_sub(ESP32_ROM_BASE) as usize;
        let end = start + data.len();
        if start > ESP32_ROM_SIZE || end > ESP32_ROM_SIZE {
            return Err(malformed(format!(
                "bytes at {address:#x} lie outside of the ROM"
            )));
        }
        if self.bytes.len() < end {
            self.bytes.resize(end, 0);
        }
        self.bytes[start..end].copy_from_slice(data);
        Ok(())
    }

    /// The chip.
    pub fn chip(&self) -> Chip {
        self.chip
    }

    /// The image, from [`ESP32_ROM_BASE`] on.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the image.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }

    /// The function or object that covers `address`, with the offset into it.
    pub fn symbol(&self, address: u32) -> Option<String> {
        let index = self
            .symbols
            .partition_point(|symbol| symbol.address <= address)
            .checked_sub(1)?;
        let symbol = &self.symbols[index];
        match address - symbol.address {
            0 => Some(symbol.name.clone()),
            offset if offset < symbol.size.max(4) => Some(format!("{}+{offset:#x}", symbol.name)),
            _ => None,
        }
    }

    /// The address of the symbol `name`.
    pub fn address_of(&self, name: &str) -> Option<u32> {
        self.symbols
            .iter()
            .find(|symbol| symbol.name == name)
            .map(|symbol| symbol.address)
    }
}

fn in_rom(address: u32) -> bool {
    (ESP32_ROM_BASE..ESP32_ROM_BASE + ESP32_ROM_SIZE as u32).contains(&address)
}

fn symbols(file: &object::read::elf::ElfFile32<'_, object::Endianness>) -> Vec<Symbol> {
    let mut symbols: Vec<Symbol> = file
        .symbols()
        .filter(|symbol| symbol.kind() == SymbolKind::Text && in_rom(symbol.address() as u32))
        .filter_map(|symbol| {
            let name = symbol
                .name()
                .ok()
                .filter(|name| !name.is_empty())?
                .to_owned();
            Some(Symbol {
                address: symbol.address() as u32,
                size: symbol.size() as u32,
                name,
            })
        })
        .collect();
    symbols.sort_by(|a, b| (a.address, a.size, &a.name).cmp(&(b.address, b.size, &b.name)));
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn revision_3_is_the_published_image() {
        // SHA-256 of esp32-v3-rom.bin as Espressif's QEMU ships it (455722 bytes).
        let rom = Rom::of(Chip::Esp32, ChipRevision::new(3, 0)).unwrap();
        assert_eq!(rom.bytes().len(), 455_722);
        assert_eq!(
            hex(&rom.sha256()),
            "9115bbcd03da9f54d3baca5ad94d588a43da54ed332347137ba3dc9010df258b"
        );
        assert_eq!(
            rom.symbol(rom.address_of("ets_printf").unwrap()).as_deref(),
            Some("ets_printf")
        );
    }

    #[test]
    fn revisions_before_3_share_the_first_rom() {
        let rev0 = Rom::of(Chip::Esp32, ChipRevision::new(0, 0)).unwrap();
        let rev1 = Rom::of(Chip::Esp32, ChipRevision::new(1, 0)).unwrap();
        assert_eq!(rev0.sha256(), rev1.sha256());
        assert_ne!(
            rev0.sha256(),
            Rom::of(Chip::Esp32, ChipRevision::new(3, 0))
                .unwrap()
                .sha256()
        );
    }

    #[test]
    fn garbage_is_refused() {
        assert!(matches!(
            Rom::from_elf(Chip::Esp32, b"\x7fELF"),
            Err(RomError::Malformed { .. })
        ));
    }
}
