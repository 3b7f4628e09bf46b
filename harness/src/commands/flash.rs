//! `cloneproof flash encrypt` and `decrypt`: the chip's flash cipher on files, as espsecure does it.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use cloneproof::chip::{Chip, CipherSpec};
use cloneproof::flash_cipher::{
    BLOCK_SIZE, CipherError, FlashCipher, key_lengths, xts_halves_equal,
};
use tempfile::NamedTempFile;

use super::options::{ChipArgs, ReplaceArgs, number};
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers};

/// Bytes that a thread takes at a time: many tweak units, and a whole number of blocks.
const CHUNK: usize = 64 << 10;
/// The commands of `flash`; every doc comment here is help text.
#[derive(Debug, Subcommand)]
pub enum FlashCommand {
    /// Encrypt as espsecure does
    Encrypt(CipherArgs),
    /// Decrypt as espsecure does
    Decrypt(CipherArgs),
}

/// The arguments of both.
#[derive(Debug, Args)]
pub struct CipherArgs {
    #[command(flatten)]
    pub chip: ChipArgs,
    /// Key file: for esp32 of 32 bytes, or 24 bytes for coding scheme 3/4; for the other chips of 32 bytes (XTS-AES-128),
    /// 64 bytes (XTS-AES-256, where the chip has it) or 16 bytes (esp32c2)
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// Flash address of the first byte, a multiple of 16
    #[arg(long, value_name = "ADDRESS", value_parser = number)]
    pub address: u32,
    /// FLASH_CRYPT_CONFIG, 0 to 0xf, for esp32 only [default: 0xf]
    #[arg(long, value_name = "N", value_parser = number)]
    pub crypt_config: Option<u32>,
    /// Input file, its size a multiple of 16 bytes
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Output file
    #[arg(value_name = "OUT")]
    pub output: PathBuf,
    #[command(flatten)]
    pub replace: ReplaceArgs,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Encrypt,
    Decrypt,
}

impl Direction {
    /// Who may read the result: ciphertext is there for everyone, what the key protects is not.
    fn readers(self) -> Readers {
        match self {
            Direction::Encrypt => Readers::Everyone,
            Direction::Decrypt => Readers::Owner,
        }
    }
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
    files::check_output(&args.output, args.replace.rule(), &[&args.input, &args.key])?;
    let cipher = cipher(args, direction)?;
    if let Some(len) = streamable(args) {
        check_len(args, len)?;
        return stream(&cipher, direction, args, len).map(|()| Exit::Success);
    }
    let mut data = files::read(&args.input, files::MAX_FLASH_FILE)?;
    check(args, &data)?;
    apply(&cipher, direction, args.address, &mut data);
    files::write(&args.output, direction.readers(), &data)?;
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
    files::write_with(&args.output, direction.readers(), |output| {
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

fn cipher(args: &CipherArgs, direction: Direction) -> Result<FlashCipher, Error> {
    let key = files::read(&args.key, files::MAX_SMALL_FILE)?;
    let config = args
        .crypt_config
        .map(|config| u8::try_from(config).unwrap_or(u8::MAX));
    let cipher = FlashCipher::for_key_file(args.chip.chip, &key, config)
        .map_err(|error| refused(args, &key, &error))?;
    let xts = matches!(args.chip.chip.spec().flash_cipher, CipherSpec::Xts { .. });
    if xts && direction == Direction::Encrypt && xts_halves_equal(&key) {
        tracing::warn!(
            "{}: the halves of the key are equal, which weakens XTS: espsecure refuses to encrypt so",
            args.key.display()
        );
    }
    Ok(cipher)
}

/// Why these options and this key make no cipher.
fn refused(args: &CipherArgs, key: &[u8], error: &CipherError) -> Error {
    let chip = args.chip.chip;
    let problem = match error {
        CipherError::CryptConfig { .. } => {
            return Error::usage(
                format!(
                    "--crypt-config {:#x} does not fit four bits",
                    args.crypt_config.unwrap_or_default()
                ),
                "use a number from 0 to 0xf; ESP-IDF burns 0xf",
            );
        }
        CipherError::NoCryptConfig { .. } => {
            return Error::usage(
                format!(
                    "--crypt-config does not go with --chip {chip}: it has no FLASH_CRYPT_CONFIG"
                ),
                "leave --crypt-config away: only esp32 has this eFuse field",
            );
        }
        CipherError::NoAes256 { .. } => {
            format!("holds 64 bytes, a key of XTS-AES-256, which {chip} lacks")
        }
        CipherError::NoDerivedKey { .. } => {
            format!("holds 16 bytes, but {chip} derives no key from 128 bits")
        }
        _ => format!("holds {} bytes, which is no key for {chip}", key.len()),
    };
    let remedy = format!(
        "a key file for {chip} holds {}, in binary",
        key_lengths(chip)
    );
    Error::input(&args.key, problem, remedy)
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
    let (end, name) = address_end(args.chip.chip);
    if u64::from(args.address) + len as u64 > end {
        return Err(Error::usage(
            format!(
                "{len} bytes from address {:#x} on go beyond the {name} that {} encrypts",
                args.address, args.chip.chip
            ),
            "give the address in flash at which the file lies, not one in the chip's memory",
        ));
    }
    Ok(())
}

/// Where flash ends for the chip's cipher, in bytes and in words.
///
/// The tweak of the ESP32 knows bits 5 to 23 of an address (espsecure, `espsecure/__init__.py`,
/// `_flash_encryption_tweak_key`), so beyond them ciphertext would repeat. That of XTS-AES is an address of 32 bits
/// (`_flash_encryption_operation_aes_xts`).
fn address_end(chip: Chip) -> (u64, &'static str) {
    match chip.spec().flash_cipher {
        CipherSpec::AddressTweaked => (16 << 20, "16 MB"),
        CipherSpec::Xts { .. } => (1 << 32, "4 GB"),
    }
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

    /// A chip of each cipher, with the length of a key for it.
    const CHIPS: [(Chip, u8); 3] = [(Chip::Esp32, 32), (Chip::Esp32C3, 32), (Chip::Esp32S3, 64)];

    fn plain() -> Vec<u8> {
        (0..5 * CHUNK + 48).map(|i| ((i * 31) >> 3) as u8).collect()
    }

    fn key(len: u8) -> Vec<u8> {
        (0..len).collect()
    }

    #[test]
    fn pieces_make_the_whole() {
        for (chip, key_len) in CHIPS {
            let folder = tempfile::tempdir().unwrap();
            let path = |name: &str| folder.path().join(name);
            let mut whole = plain();
            files::write(&path("key"), Readers::Owner, &key(key_len)).unwrap();
            files::write(&path("in"), Readers::Everyone, &whole).unwrap();
            let args = CipherArgs {
                chip: ChipArgs { chip },
                key: path("key"),
                address: 0x1010,
                crypt_config: None,
                input: path("in"),
                output: path("out"),
                replace: ReplaceArgs::default(),
            };
            assert_eq!(streamable(&args), Some(whole.len()));
            assert_eq!(flash(&FlashCommand::Encrypt(args)).unwrap(), Exit::Success);
            let cipher = FlashCipher::for_key_file(chip, &key(key_len), None).unwrap();
            cipher.encrypt(0x1010, &mut whole);
            assert!(std::fs::read(path("out")).unwrap() == whole, "{chip}");
        }
    }

    #[test]
    fn threads_change_nothing() {
        for (chip, key_len) in CHIPS {
            let cipher = FlashCipher::for_key_file(chip, &key(key_len), None).unwrap();
            let mut whole = plain();
            cipher.encrypt(0x1010, &mut whole);
            let mut parts = plain();
            apply(&cipher, Direction::Encrypt, 0x1010, &mut parts);
            assert!(parts == whole, "{chip}");
            apply(&cipher, Direction::Decrypt, 0x1010, &mut parts);
            assert!(parts == plain(), "{chip}");
        }
    }
}
