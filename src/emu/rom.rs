//! The mask ROM: its image rebuilt from Espressif's ROM ELF, and its symbols.

use object::{Object, ObjectSection, ObjectSymbol, SymbolKind};
use sha2::{Digest, Sha256};

use crate::chip::{Chip, ChipRevision};

/// Bytes of an entry of the ROM's table of copies, with and without the core that makes the copy.
const LONG_ENTRY: usize = 16;
const SHORT_ENTRY: usize = 12;

/// Lowest address of every chip's mask ROM.
pub const ROM_BASE: u32 = 0x4000_0000;

/// Where a chip's mask ROM lies.
#[derive(Debug)]
pub(crate) struct RomLayout {
    /// Address space of the ROM, in bytes.
    pub size: usize,
    /// Bytes of the image at least: the rest is zero.
    pub len: usize,
    /// Addresses of the data bus at which part of the ROM is seen again (first, behind the last), and the distance to its
    /// instruction address.
    pub alias: (u32, u32, u32),
}

/// One mask ROM of a chip: code that is in the silicon, and the same for every chip that has it.
#[derive(Debug, PartialEq, Eq)]
pub struct MaskRom {
    /// The first chip revision that has it: it serves all up to the next one's.
    pub from: ChipRevision,
    /// The revision under which `espflash` knows it.
    pub(crate) espflash: ChipRevision,
    /// The chip revisions with it that are known to have been made, the most common one first.
    pub revisions: &'static [ChipRevision],
}

/// A chip's mask ROMs.
#[derive(Debug)]
pub(crate) struct RomSpec {
    pub layout: RomLayout,
    /// The chip's name in `espflash`.
    pub espflash: espflash::target::Chip,
    /// The most common one first.
    pub masks: &'static [MaskRom],
}

impl RomSpec {
    /// The ELF of the mask ROM that a revision of the chip has.
    pub fn elf(&self, chip: Chip, revision: ChipRevision) -> Result<Vec<u8>, RomError> {
        let unknown = RomError::Unknown { chip, revision };
        let older = self.masks.iter().filter(|mask| mask.from <= revision);
        let served = older.max_by_key(|mask| mask.from);
        let Some(mask) = served else {
            return Err(unknown);
        };
        let number = mask.espflash;
        espflash::flasher::DeviceInfo {
            chip: self.espflash,
            revision: Some((u32::from(number.major), u32::from(number.minor))),
            crystal_frequency: espflash::target::XtalFrequency::_40Mhz,
            flash_size: espflash::flasher::FlashSize::_4Mb,
            features: Vec::new(),
            mac_address: None,
        }
        .rom()
        .ok_or(unknown)
    }
}

impl RomLayout {
    /// The instruction address of an address in the alias.
    fn instruction_address(&self, address: u32) -> u32 {
        let (start, end, distance) = self.alias;
        if (start..end).contains(&address) {
            address + distance
        } else {
            address
        }
    }

    fn contains(&self, address: u32) -> bool {
        (ROM_BASE..ROM_BASE + self.size as u32).contains(&address)
    }
}

/// A chip's mask ROM.
#[derive(Debug, Clone)]
pub struct Rom {
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
    /// Rebuilds the ROM from its ELF.
    ///
    /// Code and constants stand at the physical addresses of the program headers. The initial values of RAM lie in
    /// sections at their run-time addresses only; the ROM's own table of copies (`_rom_store_table`: start, end, load
    /// address, core; from the ESP32-C6 on `_data_table_start`, without the core) and the word at `_data_start_btdm_rom` say where its start-up code expects them.
    ///
    /// # Errors
    /// If the ELF is not such a ROM.
    pub(crate) fn from_elf(layout: &RomLayout, elf: &[u8]) -> Result<Self, RomError> {
        let file =
            object::read::elf::ElfFile32::<object::Endianness>::parse(elf).map_err(malformed)?;
        let mut rom = Rom {
            bytes: Vec::new(),
            symbols: Vec::new(),
        };
        rom.place_segments(layout, &file, elf)?;
        let stores = rom.initial_data(&file)?;
        for section in file.sections() {
            let address = section.address() as u32;
            let load = match section.name() {
                Ok(name) if name.starts_with(".data") => stores
                    .iter()
                    .find(|(start, _)| *start == address)
                    .map(|&(_, load)| load),
                // Constants that later ROMs may replace: their program header is empty too.
                Ok(".rodata.interface") => Some(address),
                _ => None,
            };
            if let Some(load) = load {
                rom.place(layout, load, section.data().map_err(malformed)?)?;
            }
        }
        let len = rom.bytes.len().max(layout.len);
        rom.bytes.resize(len, 0);
        rom.symbols = symbols(layout, &file);
        Ok(rom)
    }

    fn place_segments(
        &mut self,
        layout: &RomLayout,
        file: &object::read::elf::ElfFile32<'_, object::Endianness>,
        elf: &[u8],
    ) -> Result<(), RomError> {
        use object::read::elf::ProgramHeader;
        let endian = file.endian();
        for header in file.elf_program_headers() {
            let address = header.p_paddr(endian);
            let in_rom = layout.contains(address);
            if header.p_type(endian) == object::elf::PT_LOAD && in_rom {
                self.place(
                    layout,
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
        let address = |name: &str| {
            let symbol = file.symbols().find(|symbol| symbol.name() == Ok(name));
            symbol.map(|symbol| symbol.address() as u32)
        };
        let find = |name: &str| address(name).ok_or_else(|| malformed(format!("no symbol {name}")));
        let (start, end, entry) = match address("_data_table_start") {
            Some(start) => (start, find("_data_table_end")?, SHORT_ENTRY),
            None => (
                find("_rom_store_table")?,
                find("_bss_table_start")?,
                LONG_ENTRY,
            ),
        };
        let table = self
            .bytes
            .get(start.wrapping_sub(ROM_BASE) as usize..end.saturating_sub(ROM_BASE) as usize)
            .ok_or_else(|| malformed("table of copies outside of the ROM"))?;
        let word = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        let mut stores: Vec<(u32, u32)> = table
            .chunks_exact(entry)
            .filter(|entry| word(entry) != word(&entry[4..]))
            .map(|entry| (word(entry), word(&entry[8..])))
            .collect();
        let pointer = find("_data_start_btdm_rom")?.wrapping_sub(ROM_BASE) as usize;
        let load = self.bytes.get(pointer..pointer + 4).map(word);
        let load = load.ok_or_else(|| malformed("_data_start_btdm_rom outside of the ROM"))?;
        stores.push((find("_data_start_btdm")?, load));
        Ok(stores)
    }

    fn place(&mut self, layout: &RomLayout, address: u32, data: &[u8]) -> Result<(), RomError> {
        let start = layout.instruction_address(address).wrapping_sub(ROM_BASE) as usize;
        let end = start + data.len();
        if start > layout.size || end > layout.size {
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

    /// The image, from [`ROM_BASE`] on.
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

fn symbols(
    layout: &RomLayout,
    file: &object::read::elf::ElfFile32<'_, object::Endianness>,
) -> Vec<Symbol> {
    let mut symbols: Vec<Symbol> = file
        .symbols()
        .filter(|symbol| {
            symbol.kind() == SymbolKind::Text && layout.contains(symbol.address() as u32)
        })
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
    fn the_later_chips_are_the_published_images() {
        // SHA-256 of esp32c3-rom.bin and esp32s3_rev0_rom.bin as Espressif's QEMU ships them (393216 bytes each).
        let published = [
            (
                Chip::Esp32C3,
                ChipRevision::new(0, 3),
                "0de1e65020e803bea0d7443dca149d61895e01fca3bb9c82d073234eebd73f99",
            ),
            (
                Chip::Esp32S3,
                ChipRevision::new(0, 1),
                "b5c7090cc22efce51c1323cef31ca96fcd673a5b1d1b1017e219d393f2659913",
            ),
        ];
        for (chip, revision, sha256) in published {
            let rom = Rom::of(chip, revision).unwrap();
            assert_eq!(rom.bytes().len(), 393_216);
            assert_eq!(hex(&rom.sha256()), sha256, "{chip} {revision}");
        }
    }

    #[test]
    fn the_c3_has_three_roms() {
        // Build dates: ESP-IDF components/esp_rom/roms.json, which names the data-bus address of each.
        let dates = [
            (ChipRevision::new(0, 2), 0x3ff1_b878, "Sep 18 2020"),
            (ChipRevision::new(0, 4), 0x3ff1_a374, "Feb  7 2021"),
            (ChipRevision::new(1, 1), 0x3ff1_a3dc, "Mar  1 2023"),
        ];
        for (revision, address, date) in dates {
            let rom = Rom::of(Chip::Esp32C3, revision).unwrap();
            let start = (address + 0x14_0000 - ROM_BASE) as usize;
            let found = &rom.bytes()[start..start + date.len()];
            assert_eq!(found, date.as_bytes(), "{revision}");
        }
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
        let layout = RomLayout {
            size: 0x1000,
            len: 0,
            alias: (0, 0, 0),
        };
        assert!(matches!(
            Rom::from_elf(&layout, b"\x7fELF"),
            Err(RomError::Malformed { .. })
        ));
    }
}
