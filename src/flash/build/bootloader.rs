//! The image of a second-stage bootloader, made from its ELF file: what the mask ROM loads into RAM.
//!
//! Layout: ESP-IDF `components/bootloader_support/include/esp_app_format.h`. Own code, since `espflash` makes app images
//! only: it moves and pads segments for the flash cache, which is not yet in use when the ROM loads a bootloader.

use object::Endianness;
use object::elf::PT_LOAD;
use object::read::elf::{ElfFile32, ProgramHeader as _};
use sha2::{Digest, Sha256};

use super::{BuildError, elf, header_size};
use crate::chip::Chip;
use crate::flash::app_image::{AppImage, IMAGE_MAGIC, MAX_SEGMENTS, SegmentUse};

const HEADER_LEN: usize = 24;
/// SPI mode DIO, as ESP-IDF's default configuration has it.
const SPI_MODE_DIO: u8 = 2;
/// SPI clock of 40 MHz.
const SPI_SPEED_40_MHZ: u8 = 0;
/// Write-protect pin as eFuses say (`ESP_IMAGE_WP_DISABLED`).
const WP_PIN_DISABLED: u8 = 0xEE;
/// Highest chip revision: any.
const ANY_REVISION: u16 = u16::MAX;
const CHECKSUM_START: u8 = 0xEF;
const CHECKSUM_ALIGNMENT: usize = 16;

/// The bootloader image of an ELF file, checked, with checksum and appended SHA-256, and `flash_size` (bytes) in its
/// header. The program headers with bytes in the file become the segments, in the order of their addresses.
///
/// # Errors
/// Where the ELF file is none for this chip, does not load into RAM alone, or leaves the room before the partition
/// table.
pub fn bootloader_image_from_elf(
    chip: Chip,
    elf: &[u8],
    flash_size: usize,
) -> Result<Vec<u8>, BuildError> {
    elf::check(chip, elf)?;
    let bad = |reason: String| BuildError::Elf { reason };
    let file: ElfFile32<'_, Endianness> =
        ElfFile32::parse(elf).map_err(|error| bad(error.to_string()))?;
    let segments = load_segments(&file, elf).map_err(bad)?;
    let entry = file.elf_header().e_entry.get(file.endian());
    header_size(flash_size)?;
    // 0 is 1 MB, each next code twice as much.
    let size_code = (flash_size >> 20).trailing_zeros() as u8;
    let image = assemble(chip, entry, size_code, &segments);
    let parsed = AppImage::parse_verified(&image)?;
    let mut uses = parsed.segments.iter().map(|segment| segment.use_on(chip));
    if !uses.all(|segment| segment == SegmentUse::Loaded) {
        let reason = "a bootloader must lie in RAM: one of its segments does not".to_owned();
        return Err(BuildError::Elf { reason });
    }
    let spec = chip.spec();
    let room = (spec.partition_table_offset - spec.bootloader_offset) as usize;
    if image.len() > room {
        return Err(BuildError::TooLarge {
            part: "bootloader".to_owned(),
            len: image.len(),
            offset: spec.bootloader_offset,
            room,
        });
    }
    Ok(image)
}

/// A segment's address and bytes, whole words.
type Segment = (u32, Vec<u8>);

fn load_segments(file: &ElfFile32<'_, Endianness>, elf: &[u8]) -> Result<Vec<Segment>, String> {
    let endian = file.endian();
    let mut segments = Vec::new();
    for (number, header) in file.elf_program_headers().iter().enumerate() {
        if header.p_type(endian) != PT_LOAD || header.p_filesz(endian) == 0 {
            continue;
        }
        let data = header.data(endian, elf);
        let data = data.map_err(|()| format!("program header {number} points outside the file"))?;
        let address = header.p_paddr(endian);
        if !address.is_multiple_of(4) {
            return Err(format!(
                "program header {number} loads to {address:#x}, not to a whole word"
            ));
        }
        let mut bytes = data.to_vec();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        segments.push((address, bytes));
    }
    if segments.is_empty() || segments.len() > MAX_SEGMENTS {
        let count = segments.len();
        return Err(format!(
            "it has {count} segments to load: 1 to {MAX_SEGMENTS} are possible"
        ));
    }
    segments.sort();
    Ok(segments)
}

fn assemble(chip: Chip, entry: u32, size_code: u8, segments: &[Segment]) -> Vec<u8> {
    let spi = size_code << 4 | SPI_SPEED_40_MHZ;
    let mut image = vec![IMAGE_MAGIC, segments.len() as u8, SPI_MODE_DIO, spi];
    image.extend(entry.to_le_bytes());
    image.extend([WP_PIN_DISABLED, 0, 0, 0]);
    image.extend(chip.spec().image_chip_id.to_le_bytes());
    // Lowest revision, in its old and its present form.
    image.extend([0, 0, 0]);
    image.extend(ANY_REVISION.to_le_bytes());
    // Reserved, and the hash is appended.
    image.extend([0, 0, 0, 0, 1]);
    debug_assert_eq!(image.len(), HEADER_LEN);
    let mut checksum = CHECKSUM_START;
    for (address, bytes) in segments {
        image.extend(address.to_le_bytes());
        image.extend((bytes.len() as u32).to_le_bytes());
        image.extend(bytes);
        checksum = bytes.iter().fold(checksum, |sum, byte| sum ^ byte);
    }
    let end = (image.len() + 1).next_multiple_of(CHECKSUM_ALIGNMENT);
    image.resize(end - 1, 0);
    image.push(checksum);
    let hash = Sha256::digest(&image);
    image.extend(hash);
    image
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chip::ChipRevision;

    const ELF: &[u8] = include_bytes!(
        "../../../images/esp32-encrypting-bootloader/esp32-encrypting-bootloader.elf"
    );
    const APP: &[u8] = include_bytes!("../../../images/esp32-hello/esp32-hello.elf");

    #[test]
    fn the_bootloader_becomes_an_image_for_ram() {
        let image = bootloader_image_from_elf(Chip::Esp32, ELF, 4 << 20).unwrap();
        let parsed = AppImage::parse_verified(&image).unwrap();
        assert_eq!(parsed.len, image.len());
        assert_eq!(parsed.header.flash_size(), 4 << 20);
        assert!(parsed.hash_at.is_some());
        parsed
            .check_chip(Chip::Esp32, ChipRevision::new(3, 1))
            .unwrap();
        let addresses: Vec<u32> = parsed.segments.iter().map(|s| s.address).collect();
        assert_eq!(addresses, [0x3FFF_0000, 0x4007_8000]);
        let code = 0x4007_8000..0x4008_0000;
        assert!(code.contains(&parsed.header.entry));
    }

    #[test]
    fn what_is_no_bootloader_is_refused() {
        let build = |elf: &[u8]| bootloader_image_from_elf(Chip::Esp32, elf, 4 << 20);
        // The app has segments in mapped flash.
        assert!(matches!(build(APP), Err(BuildError::Elf { .. })));
        assert!(matches!(build(b"\x7FELF"), Err(BuildError::Elf { .. })));
        assert!(matches!(
            build(&ELF[..ELF.len() / 2]),
            Err(BuildError::Elf { .. })
        ));
        assert!(matches!(
            bootloader_image_from_elf(Chip::Esp32, ELF, 12345),
            Err(BuildError::HeaderSize { .. })
        ));
    }

    #[test]
    fn no_cut_and_no_flipped_byte_of_the_file_panics() {
        for at in (0..ELF.len()).step_by(97) {
            let _ = bootloader_image_from_elf(Chip::Esp32, &ELF[..at], 4 << 20);
            let mut elf = ELF.to_vec();
            elf[at] ^= 0xFF;
            let _ = bootloader_image_from_elf(Chip::Esp32, &elf, 4 << 20);
        }
    }
}
