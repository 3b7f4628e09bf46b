//! Apps made of machine code, on ESP-IDF's stock bootloader: for tests and for the generator of known truths.

use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseBank;
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::{FlashPart, compose, stock_bootloader};
use cloneproof::flash::partition::PartitionTable;
use cloneproof::flash_cipher::FlashCipher;
use sha2::{Digest, Sha256};

/// Bytes of the flash.
pub const FLASH_BYTES: usize = 4 << 20;
/// Where the app lies: the first app of ESP-IDF's default table.
pub const APP_OFFSET: u32 = 0x1_0000;
/// Bytes of an app descriptor (ESP-IDF `esp_app_desc.h`), which bootloaders look for at the start of the first segment.
const DESCRIPTOR_BYTES: usize = 256;
const DESCRIPTOR_MAGIC: u32 = 0xabcd_5432;
const HEADER_BYTES: usize = 24;
const SEGMENT_HEADER_BYTES: usize = 8;
const MMU_PAGE: u32 = 0x1_0000;

/// An app image whose code runs in place in flash, from its first byte on, at the returned address.
pub fn app_image(chip: Chip, code: impl Fn(u32) -> Vec<u8>) -> Vec<u8> {
    let mapped = chip.spec().mapped;
    let (data, instructions) = (mapped[0].start, mapped[mapped.len() - 1].start);
    let first = HEADER_BYTES + SEGMENT_HEADER_BYTES;
    let second = first + DESCRIPTOR_BYTES + SEGMENT_HEADER_BYTES;
    // Another page of the MMU than the first segment's, where both share a window.
    let entry = instructions + MMU_PAGE + second as u32;
    let mut code = code(entry);
    code.resize(code.len().next_multiple_of(4), 0);
    let mut descriptor = DESCRIPTOR_MAGIC.to_le_bytes().to_vec();
    descriptor.resize(DESCRIPTOR_BYTES, 0);
    let segments = [(data + first as u32, descriptor), (entry, code)];
    let mut image = vec![0xe9, segments.len() as u8, 2, 0x20];
    image.extend(entry.to_le_bytes());
    image.extend([0xee, 0, 0, 0]);
    image.extend(chip.spec().image_chip_id.to_le_bytes());
    image.extend([0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 1]);
    let mut checksum = 0xef;
    for (address, bytes) in &segments {
        image.extend(address.to_le_bytes());
        image.extend((bytes.len() as u32).to_le_bytes());
        image.extend(bytes);
        checksum = bytes.iter().fold(checksum, |sum, byte| sum ^ byte);
    }
    image.resize(image.len() / 16 * 16 + 15, 0);
    image.push(checksum);
    let hash = Sha256::digest(&image);
    image.extend(hash);
    image
}

/// A flash with ESP-IDF's stock bootloader, its default table and this app.
pub fn flash(chip: Chip, app: Vec<u8>) -> FlashImage {
    let spec = chip.spec();
    let bootloader = stock_bootloader(chip, FLASH_BYTES).unwrap();
    let table = PartitionTable::single_app().to_bytes().unwrap();
    let parts = [
        FlashPart::new("bootloader", spec.bootloader_offset, bootloader),
        FlashPart::new("partition table", spec.partition_table_offset, table),
        FlashPart::new("app", APP_OFFSET, app),
    ];
    compose(FLASH_BYTES, &parts).unwrap()
}

/// What `flash` encrypted before delivery with these eFuses holds: bootloader, table and app as ciphertext.
pub fn encrypt(flash: &FlashImage, efuses: &EfuseBank) -> FlashImage {
    let spec = efuses.chip().spec();
    let cipher = FlashCipher::from_efuses(efuses);
    let mut encrypted = flash.clone();
    let table = spec.partition_table_offset;
    for (start, end) in [
        (spec.bootloader_offset, table),
        (table, table + 0x1000),
        (APP_OFFSET, APP_OFFSET + 0x2_0000),
    ] {
        let mut bytes = flash.read_vec(start, (end - start) as usize);
        cipher.encrypt(start, &mut bytes);
        encrypted.write(start, &bytes);
    }
    encrypted
}

/// An app that loops in one place and says nothing.
pub fn silent(chip: Chip) -> Vec<u8> {
    app_image(chip, |_| match chip.spec().isa {
        // J to itself (Xtensa ISA reference manual, "J").
        cloneproof::chip::Isa::Xtensa => vec![0x06, 0xff, 0xff, 0x00],
        // JAL x0 to itself.
        cloneproof::chip::Isa::RiscV => 0x0000_006f_u32.to_le_bytes().to_vec(),
    })
}
