//! What `espflash` needs of an ELF file, checked before it sees the file, and the smallest file that it takes.

use object::elf::{EM_RISCV, EM_XTENSA, PT_LOAD, SHT_INIT_ARRAY, SHT_PROGBITS};
use object::read::elf::{ElfFile32, ProgramHeader as _};
use object::{Endianness, Object as _, ObjectSection as _, SectionFlags};

use super::BuildError;
use crate::chip::{Chip, Isa};
use crate::flash::app_image::AppDescriptor;

/// Most bytes of all sections together.
const MAX_TOTAL: u64 = 16 << 20;
/// Section of the app descriptor in ESP-IDF's linker scripts.
const DESCRIPTOR_SECTION: &str = ".flash.appdesc";

/// Refuses files on which `espflash` would assert: other chips', overlapping or endless sections, a descriptor that is
/// too short.
pub(super) fn check(chip: Chip, bytes: &[u8]) -> Result<(), BuildError> {
    let bad = |reason: String| BuildError::Elf { reason };
    let elf: ElfFile32<'_, Endianness> =
        ElfFile32::parse(bytes).map_err(|error| bad(format!("not a 32-bit ELF file ({error})")))?;
    let machine = match chip.spec().isa {
        Isa::Xtensa => EM_XTENSA,
        Isa::RiscV => EM_RISCV,
    };
    let found = elf.elf_header().e_machine.get(elf.endian());
    if elf.endian() != Endianness::Little || found != machine {
        return Err(bad(format!(
            "it is for machine {found:?}, the {chip} is machine {machine:?} (little-endian)"
        )));
    }
    check_sections(chip, &elf).map_err(bad)?;
    check_segments(&elf).map_err(bad)
}

fn check_sections(chip: Chip, elf: &ElfFile32<'_, Endianness>) -> Result<(), String> {
    let mut places = Vec::new();
    for section in elf.sections() {
        let kind = section.elf_section_header().sh_type.get(elf.endian());
        let flags = match section.flags() {
            SectionFlags::Elf { sh_flags, .. } => sh_flags.0,
            _ => 0,
        };
        let loaded = kind == SHT_PROGBITS || kind == SHT_INIT_ARRAY;
        if !loaded || flags == 0 || section.address() == 0 || section.size() == 0 {
            continue;
        }
        let name = section.name().unwrap_or("?").to_owned();
        let data = section.data();
        let data =
            data.map_err(|error| format!("section {name} lies outside the file ({error})"))?;
        if name == DESCRIPTOR_SECTION && data.len() < AppDescriptor::LEN {
            let len = data.len();
            return Err(format!(
                "section {name} of {len} bytes holds no app descriptor"
            ));
        }
        places.push((section.address(), section.address() + section.size(), name));
    }
    if places.is_empty() {
        return Err("it has no section to load".to_owned());
    }
    if places
        .iter()
        .map(|(start, end, _)| end - start)
        .sum::<u64>()
        > MAX_TOTAL
    {
        return Err(format!("its sections have more than {MAX_TOTAL} bytes"));
    }
    check_places(&mut places)?;
    check_memory(chip, &places)
}

fn check_memory(chip: Chip, places: &[(u64, u64, String)]) -> Result<(), String> {
    let outside = |(start, _, _): &&(u64, u64, String)| {
        !chip
            .spec()
            .memory
            .iter()
            .any(|memory| (u64::from(memory.start)..u64::from(memory.end)).contains(start))
    };
    match places.iter().find(outside) {
        Some((start, _, name)) => Err(format!(
            "section {name} at {start:#010x} lies outside the memory of the {chip}: it is for another chip"
        )),
        None => Ok(()),
    }
}

fn check_places(places: &mut [(u64, u64, String)]) -> Result<(), String> {
    places.sort();
    for pair in places.windows(2) {
        if let [(_, end, first), (start, _, second)] = pair
            && end > start
        {
            return Err(format!(
                "sections {first} and {second} overlap at {start:#x}"
            ));
        }
    }
    match places.last() {
        // Room for the padding that espflash adds.
        Some((_, end, name)) if *end > u64::from(u32::MAX - 0x100) => {
            Err(format!("section {name} ends behind the address space"))
        }
        _ => Ok(()),
    }
}

fn check_segments(elf: &ElfFile32<'_, Endianness>) -> Result<(), String> {
    let endian = elf.endian();
    for (number, segment) in elf.elf_program_headers().iter().enumerate() {
        let size = u64::from(segment.p_memsz(endian));
        let physical = u64::from(segment.p_paddr(endian));
        if segment.p_type(endian) == PT_LOAD && physical + size > u64::from(u32::MAX - 0x100) {
            return Err(format!(
                "program header {number} ends behind the address space"
            ));
        }
    }
    Ok(())
}

/// The smallest ELF file that `espflash` makes an image of: one section of four bytes in instruction RAM. It serves to
/// get at the bootloader, which has no way of its own out of `espflash`.
pub(super) fn smallest() -> Vec<u8> {
    const ADDRESS: u32 = 0x4008_0000;
    const HEADER_LEN: u32 = 52;
    const NAMES: &[u8] = b"\0.text\0.shstrtab\0";
    let text_at = HEADER_LEN;
    let names_at = text_at + 4;
    let sections_at = (names_at + NAMES.len() as u32).next_multiple_of(4);
    let mut file = b"\x7FELF\x01\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let mut halves = |values: &[u16]| {
        for value in values {
            file.extend_from_slice(&value.to_le_bytes());
        }
    };
    // Type 2: executable.
    halves(&[2, EM_XTENSA.0]);
    let low = |word: u32| word as u16;
    let high = |word: u32| (word >> 16) as u16;
    for word in [1, ADDRESS, 0, sections_at, 0] {
        halves(&[low(word), high(word)]);
    }
    // Sizes and numbers: header, program headers, section headers; the third section holds the names.
    halves(&[HEADER_LEN as u16, 32, 0, 40, 3, 2]);
    file.extend_from_slice(&[0; 4]);
    file.extend_from_slice(NAMES);
    file.resize(sections_at as usize, 0);
    // Name, type, flags, address, offset, size, and four fields without use. Flags 6: allocated and executable.
    let text = [1, 1, 6, ADDRESS, text_at, 4, 0, 0, 4, 0];
    let names = [7, 3, 0, 0, names_at, NAMES.len() as u32, 0, 0, 1, 0];
    for word in [[0u32; 10], text, names].concat() {
        file.extend_from_slice(&word.to_le_bytes());
    }
    file
}
