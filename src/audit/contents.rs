//! What lies in a flash, as far as the lints need it: bootloader, partition table, partitions, and in which form.

use std::ops::Range;

use super::repeats::Repeats;
use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::flash::app_image::AppImage;
use crate::flash::partition::{Partition, PartitionTable, TYPE_APP};
use crate::flash::{FlashImage, SECTOR_SIZE};
use crate::flash_cipher::FlashCipher;

/// Behind this offset no partition table is looked for.
const LAST_TABLE: usize = 0x10_0000;
/// Bytes at a time that are looked at for plain text.
const WINDOW: usize = 256;
/// Bytes of text that random bytes do not look like by chance.
const LEAST_TEXT: usize = 24;

/// In which form something lies in flash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Erased: nothing but ones.
    Erased,
    /// Readable as it lies there.
    Plain,
    /// Readable behind the chip's cipher.
    Encrypted,
    /// Neither of them.
    Unreadable,
}

/// A partition and what lies in it.
#[derive(Debug, Clone)]
pub struct Content {
    /// The partition.
    pub partition: Partition,
    /// Its form.
    pub form: Form,
    /// Of an app partition: bytes of the image.
    pub image: Option<usize>,
    /// Of an app partition with an image: plain text behind the image's last sector.
    pub behind: Option<Range<u32>>,
}

/// What lies in a flash.
#[derive(Debug, Clone)]
pub struct FlashContents {
    /// Where the bootloader begins, in bytes.
    pub bootloader_at: u32,
    /// Form of the bootloader.
    pub bootloader: Form,
    /// Where the partition table lies, and its form, if there is one.
    pub table: Option<(u32, Form)>,
    /// The partitions.
    pub partitions: Vec<Content>,
    /// Equal blocks of ciphertext where there should be none.
    pub repeats: Repeats,
}

impl FlashContents {
    /// Looks into a flash, decrypting it with the key of `efuses` where encryption is on there.
    pub fn read(efuses: &EfuseBank, flash: &FlashImage) -> Self {
        let raw = flash.to_vec();
        let clear = efuses.flash_encryption_enabled().then(|| {
            let mut clear = raw.clone();
            FlashCipher::from_efuses(efuses).decrypt(0, &mut clear);
            clear
        });
        Views { raw, clear }.contents(efuses.chip())
    }
}

/// The flash as it lies there, and as the chip reads it where that is something else.
struct Views {
    raw: Vec<u8>,
    clear: Option<Vec<u8>>,
}

impl Views {
    fn contents(&self, chip: Chip) -> FlashContents {
        let bootloader_at = chip.spec().bootloader_offset;
        let (bootloader, loader_len) = self.image(bootloader_at as usize);
        let table = self.table(chip);
        let partitions: Vec<Content> = table.as_ref().map_or_else(Vec::new, |(_, _, table)| {
            let all = table.partitions.iter();
            all.map(|partition| self.content(partition)).collect()
        });
        let mut encrypted = Vec::new();
        if let (Form::Encrypted, Some(len)) = (bootloader, loader_len) {
            encrypted.push(bootloader_at..bootloader_at.saturating_add(len as u32));
        }
        encrypted.extend(partitions.iter().filter_map(|content| {
            let len = content.image? as u32;
            let start = content.partition.offset;
            (content.form == Form::Encrypted).then(|| start..start.saturating_add(len))
        }));
        FlashContents {
            bootloader_at,
            bootloader,
            table: table.map(|(at, form, _)| (at, form)),
            partitions,
            repeats: Repeats::count(chip, &self.raw, &encrypted),
        }
    }

    /// The form of an image, and its length where it is one.
    fn image(&self, at: usize) -> (Form, Option<usize>) {
        let parse = |bytes: &[u8]| {
            AppImage::parse(bytes.get(at..)?)
                .ok()
                .map(|image| image.len)
        };
        if let Some(len) = parse(&self.raw) {
            return (Form::Plain, Some(len));
        }
        if let Some(len) = self.clear.as_deref().and_then(parse) {
            return (Form::Encrypted, Some(len));
        }
        let end = (at + SECTOR_SIZE).min(self.raw.len());
        let sector = self.raw.get(at..end).unwrap_or_default();
        match is_erased(sector) {
            true => (Form::Erased, None),
            false => (Form::Unreadable, None),
        }
    }

    /// The first partition table: at the usual place, else at a sector behind it.
    fn table(&self, chip: Chip) -> Option<(u32, Form, PartitionTable)> {
        let default = chip.spec().partition_table_offset as usize;
        let sectors = (SECTOR_SIZE..LAST_TABLE.min(self.raw.len())).step_by(SECTOR_SIZE);
        let views = [
            (Form::Plain, Some(&self.raw)),
            (Form::Encrypted, self.clear.as_ref()),
        ];
        std::iter::once(default).chain(sectors).find_map(|at| {
            views.iter().find_map(|(form, bytes)| {
                let table = PartitionTable::parse(bytes.as_ref()?.get(at..)?).ok()?;
                Some((at as u32, *form, table))
            })
        })
    }

    fn content(&self, partition: &Partition) -> Content {
        let start = partition.offset as usize;
        let end = start.saturating_add(partition.size as usize);
        let range = start.min(self.raw.len())..end.min(self.raw.len());
        let bytes = &self.raw[range.clone()];
        let mut content = Content {
            partition: partition.clone(),
            form: Form::Erased,
            image: None,
            behind: None,
        };
        if is_erased(bytes) {
            return content;
        }
        if partition.kind == TYPE_APP {
            (content.form, content.image) = self.image(start);
            if let Some(len) = content.image {
                let end = (start + len).next_multiple_of(SECTOR_SIZE).min(range.end);
                content.behind = plain_text(&self.raw, end..range.end);
            }
            return content;
        }
        content.form = match plain_text(&self.raw, range) {
            Some(_) => Form::Plain,
            None => Form::Encrypted,
        };
        content
    }
}

fn is_erased(bytes: &[u8]) -> bool {
    bytes.iter().all(|&byte| byte == 0xFF)
}

/// From the first to behind the last window that holds something, if any of them cannot be ciphertext.
fn plain_text(bytes: &[u8], range: Range<usize>) -> Option<Range<u32>> {
    let written = |start: &usize| {
        let window = &bytes[*start..(*start + WINDOW).min(range.end)];
        !is_erased(window)
    };
    let windows: Vec<usize> = range.clone().step_by(WINDOW).filter(written).collect();
    let plain = windows
        .iter()
        .any(|&start| !is_random(&bytes[start..(start + WINDOW).min(range.end)]));
    let (first, last) = (windows.first()?, windows.last()?);
    let end = (last + WINDOW).min(range.end);
    plain.then_some(*first as u32..end as u32)
}

/// Whether bytes can be ciphertext: neither text nor full of one value. A window that is partly erased counts by the rest.
///
/// Of 256 random bytes, or 128 that stand twice as equal halves of the ESP32's cipher units do, one value appears more
/// than 16 times in fewer than one of a million cases; erased flash, tables and code have such a value.
fn is_random(window: &[u8]) -> bool {
    let written = window.iter().rposition(|&byte| byte != 0xFF);
    let window = &window[..written.map_or(0, |last| last + 1)];
    let mut counts = [0usize; 256];
    for &byte in window {
        counts[usize::from(byte)] += 1;
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    let text = |byte: &&u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let readable = window.iter().filter(text).count();
    let is_text = window.len() >= LEAST_TEXT && readable * 10 >= window.len() * 9;
    !is_text && most <= (window.len() / 16).max(8)
}
