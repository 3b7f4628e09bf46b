//! Speed of the flash ciphers on one core, in bytes per second: `cargo bench --bench cipher`. The measure of XTS-AES is
//! `openssl speed -evp aes-256-xts -bytes 128`.

use cloneproof::chip::Chip;
use cloneproof::flash_cipher::FlashCipher;
use divan::Bencher;
use divan::counter::BytesCount;

/// Bytes of flash under one tweak of XTS-AES.
const UNIT: usize = 128;
/// What the emulator fetches at a time.
const PAGE: usize = 4 << 10;
/// A piece of a file that stays in the processor's cache.
const PIECE: usize = 64 << 10;
const FLASH: usize = 16 << 20;

fn main() {
    divan::main();
}

fn key(len: u8) -> Vec<u8> {
    (0..len).collect()
}

fn run(bencher: Bencher, cipher: &FlashCipher, len: usize, f: impl Fn(&FlashCipher, &mut [u8])) {
    let mut data = vec![0xA5; len];
    bencher
        .counter(BytesCount::new(len))
        .bench_local(|| f(cipher, divan::black_box(&mut data)));
}

fn esp32() -> FlashCipher {
    FlashCipher::esp32(&key(32), 0xF).expect("a key of the right length")
}

fn xts_128() -> FlashCipher {
    FlashCipher::xts(Chip::Esp32C3, &key(32)).expect("a key of the right length")
}

fn xts_256() -> FlashCipher {
    FlashCipher::xts(Chip::Esp32S3, &key(64)).expect("a key of the right length")
}

#[divan::bench(args = [FLASH])]
fn esp32_encrypt(bencher: Bencher, len: usize) {
    run(bencher, &esp32(), len, |cipher, data| {
        cipher.encrypt(0, data)
    });
}

#[divan::bench(args = [PAGE, FLASH])]
fn esp32_decrypt(bencher: Bencher, len: usize) {
    run(bencher, &esp32(), len, |cipher, data| {
        cipher.decrypt(0, data)
    });
}

#[divan::bench(args = [PIECE])]
fn xts_128_encrypt(bencher: Bencher, len: usize) {
    run(bencher, &xts_128(), len, |cipher, data| {
        cipher.encrypt(0, data)
    });
}

#[divan::bench(args = [PAGE, PIECE])]
fn xts_128_decrypt(bencher: Bencher, len: usize) {
    run(bencher, &xts_128(), len, |cipher, data| {
        cipher.decrypt(0, data)
    });
}

#[divan::bench(args = [PAGE, PIECE, FLASH])]
fn xts_256_encrypt(bencher: Bencher, len: usize) {
    run(bencher, &xts_256(), len, |cipher, data| {
        cipher.encrypt(0, data)
    });
}

#[divan::bench(args = [PAGE, PIECE, FLASH])]
fn xts_256_decrypt(bencher: Bencher, len: usize) {
    run(bencher, &xts_256(), len, |cipher, data| {
        cipher.decrypt(0, data)
    });
}

/// One call for each data unit, as the measure does.
#[divan::bench(args = [PIECE])]
fn xts_256_encrypt_unit_by_unit(bencher: Bencher, len: usize) {
    run(bencher, &xts_256(), len, |cipher, data| {
        for (number, unit) in data.chunks_mut(UNIT).enumerate() {
            cipher.encrypt((number * UNIT) as u32, unit);
        }
    });
}
