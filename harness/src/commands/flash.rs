//! `cloneproof flash encrypt` and `decrypt`: the chip's flash cipher on files, as espsecure does it.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;

use cloneproof::flash_cipher::{BLOCK_SIZE, CipherError, FlashCipher};

use tempfile::NamedTempFile;

use crate::cli::{CipherArgs, FlashCommand};
use crate::error::{Error, Exit};
use crate::files;

/// Bytes that a thread takes at a time: many tweak units, and a whole number of blocks.
const CHUNK: usize = 64 << 10;
/// Where the flash of an ESP32 ends for its cipher: the tweak knows bits 5 to 23 of an address (espsecure,
/// `espsecure/__init__.py`, `_flash_encryption_tweak_key`), so beyond it ciphertext would repeat.
const ADDRESS_END: u64 = 16 << 20;

#[derive(Clone, Copy)]
enum Direction {
    Encrypt,
    Decrypt,
}

/// Encrypts or decrypts a file.
///
/// # Errors
/// Where a file cannot be read or written, or key, address or size is wrong.
pub fn flash(command: &FlashCommand) -> Result<Exit, Error> {
    let (args, direction) = match command {
        FlashCommand::Encrypt(args) => (args, Direction::Encrypt),
        FlashCommand::Decrypt(args) => (args, Direction::Decrypt),
    };
    files::refuse_overwrite(&args.output, &[&args.input, &args.key])?;
    let cipher = cipher(args)?;
    if let Some(len) = streamable(args) {
        check_len(args, len)?;
        return stream(&cipher, direction, args, len).map(|()| Exit::Success);
    }
    let mut data = files::read(&args.input, files::MAX_FLASH_FILE)?;
    check(args, &data)?;
    apply(&cipher, direction, args.address, &mut data);
    files::write(&args.output, &data)?;
    Ok(Exit::Success)
}

/// The size of an input that can be worked on in pieces: two ordinary files, and more than one piece.
fn streamable(args: &CipherArgs) -> Option<usize> {
    let metadata = args
        .input
        .metadata()
        .ok()
        .filter(|metadata| metadata.is_file())?;
    let len = usize::try_from(metadata.len()).ok()?;
    let fits = len > CHUNK && len as u64 <= files::MAX_FLASH_FILE;
    (fits && !files::is_special(&args.output)).then_some(len)
}

/// Works piece by piece, in as many threads as there are processors, each with files of its own.
fn stream(
    cipher: &FlashCipher,
    direction: Direction,
    args: &CipherArgs,
    len: usize,
) -> Result<(), Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = len.div_ceil(CHUNK).div_ceil(threads) * CHUNK;
    files::write_with(&args.output, |output| {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..len)
                .step_by(share)
                .map(|start| {
                    let range = start..(start + share).min(len);
                    scope.spawn(move || pieces(cipher, direction, args, range, output))
                })
                .collect();
            workers.into_iter().try_for_each(|worker| {
                worker
                    .join()
                    .unwrap_or_else(|_| Err(ErrorKind::Other.into()))
            })
        })
    })
}

fn pieces(
    cipher: &FlashCipher,
    direction: Direction,
    args: &CipherArgs,
    range: Range<usize>,
    output: &NamedTempFile,
) -> std::io::Result<()> {
    let (mut input, mut output) = (File::open(&args.input)?, output.reopen()?);
    input.seek(SeekFrom::Start(range.start as u64))?;
    output.seek(SeekFrom::Start(range.start as u64))?;
    let mut buffer = vec![0; CHUNK];
    for start in range.clone().step_by(CHUNK) {
        let piece = &mut buffer[..CHUNK.min(range.end - start)];
        input.read_exact(piece)?;
        // `check_len` made sure that every offset fits.
        let offset = args.address.wrapping_add(start as u32);
        match direction {
            Direction::Encrypt => cipher.encrypt(offset, piece),
            Direction::Decrypt => cipher.decrypt(offset, piece),
        }
        output.write_all(piece)?;
    }
    Ok(())
}

fn cipher(args: &CipherArgs) -> Result<FlashCipher, Error> {
    let key = files::read(&args.key, files::MAX_SMALL_FILE)?;
    let config = u8::try_from(args.crypt_config).unwrap_or(u8::MAX);
    FlashCipher::esp32(&key, config).map_err(|error| match error {
        CipherError::CryptConfig { .. } => Error::usage(
            format!(
                "--crypt-config {:#x} does not fit four bits",
                args.crypt_config
            ),
            "use a number from 0 to 0xf; ESP-IDF burns 0xf",
        ),
        _ => Error::input(
            &args.key,
            format!("holds {} bytes, which is no key", key.len()),
            "a key file holds 32 bytes, or 24 bytes for coding scheme 3/4, in binary",
        ),
    })
}

fn check(args: &CipherArgs, data: &[u8]) -> Result<(), Error> {
    check_len(args, data.len())
}

fn check_len(args: &CipherArgs, len: usize) -> Result<(), Error> {
    if !args.address.is_multiple_of(BLOCK_SIZE as u32) {
        return Err(Error::usage(
            format!(
                "starting flash address {:#x} must be a multiple of {BLOCK_SIZE}",
                args.address
            ),
            "the cipher works on blocks of 16 bytes: give the address of a block",
        ));
    }
    if len == 0 {
        return Err(Error::input(
            &args.input,
            "is empty",
            "check that this is the right file",
        ));
    }
    if !len.is_multiple_of(BLOCK_SIZE) {
        return Err(length(&args.input, len));
    }
    if u64::from(args.address) + len as u64 > ADDRESS_END {
        return Err(Error::usage(
            format!(
                "{} bytes from address {:#x} on go beyond the 16 MB that an ESP32 encrypts",
                len, args.address
            ),
            "give the address in flash at which the file lies, not one in the chip's memory",
        ));
    }
    Ok(())
}

fn length(path: &Path, len: usize) -> Error {
    Error::input(
        path,
        format!("data length of {len} bytes is not a multiple of {BLOCK_SIZE}"),
        "pad the file with 0xff to whole blocks of 16 bytes",
    )
}

/// Works on chunks in as many threads as there are processors.
fn apply(cipher: &FlashCipher, direction: Direction, address: u32, data: &mut [u8]) {
    let work = |offset: u32, chunk: &mut [u8]| match direction {
        Direction::Encrypt => cipher.encrypt(offset, chunk),
        Direction::Decrypt => cipher.decrypt(offset, chunk),
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let chunks = data.len().div_ceil(CHUNK);
    if threads < 2 || chunks < 2 {
        return work(address, data);
    }
    let share = chunks.div_ceil(threads) * CHUNK;
    std::thread::scope(|scope| {
        for (index, part) in data.chunks_mut(share).enumerate() {
            // `check` made sure that every offset fits.
            let offset = address.wrapping_add((index * share) as u32);
            scope.spawn(move || work(offset, part));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_make_the_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let plain: Vec<u8> = (0..5 * CHUNK + 48).map(|i| ((i * 31) >> 3) as u8).collect();
        files::write(&path("key"), &[7; 32]).unwrap();
        files::write(&path("in"), &plain).unwrap();
        let args = CipherArgs {
            chip: cloneproof::chip::Chip::Esp32,
            key: path("key"),
            address: 0x1010,
            crypt_config: 0xF,
            input: path("in"),
            output: path("out"),
        };
        assert_eq!(streamable(&args), Some(plain.len()));
        assert_eq!(flash(&FlashCommand::Encrypt(args)).unwrap(), Exit::Success);
        let mut whole = plain.clone();
        let cipher = FlashCipher::esp32(&[7; 32], 0xF).unwrap();
        cipher.encrypt(0x1010, &mut whole);
        assert!(std::fs::read(path("out")).unwrap() == whole);
    }

    #[test]
    fn threads_change_nothing() {
        let cipher = FlashCipher::esp32(&[7; 32], 0xF).unwrap();
        let plain: Vec<u8> = (0..5 * CHUNK + 48).map(|i| ((i * 31) >> 3) as u8).collect();
        let mut whole = plain.clone();
        cipher.encrypt(0x1010, &mut whole);
        let mut parts = plain.clone();
        apply(&cipher, Direction::Encrypt, 0x1010, &mut parts);
        assert!(parts == whole);
        apply(&cipher, Direction::Decrypt, 0x1010, &mut parts);
        assert!(parts == plain);
    }
}
