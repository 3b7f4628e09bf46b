//! Tests of the general DMA controller and of the accelerators that it feeds: descriptor chains, sound and broken.

use sha2::{Digest, Sha256, Sha512};

use super::aes_dma::AesDma;
use super::dma_client::{DmaClient, serve};
use super::gdma::{Gdma, PERIPHERAL_AES, PERIPHERAL_SHA};
use super::sha_dma::{self, ShaDma};
use crate::emu::periph::rng::Generator;
use crate::emu::periph::*;
use crate::emu::soc::chips::{esp32c3, esp32s3};

const BASE: u32 = 0x3fc8_0000;
const MEMORY_BYTES: usize = 0x4000;

const OWNER: u32 = 1 << 31;
const EOF: u32 = 1 << 30;

/// Offsets from a channel's first register on the ESP32-C3 (`gdma_reg.h`).
const IN: u32 = 0x70;
const OUT: u32 = 0xd0;
const CONF0: u32 = 0x00;
const CONF1: u32 = 0x04;
const LINK: u32 = 0x10;
const EOF_ADDRESS: u32 = 0x18;
const PERI_SEL: u32 = 0x30;
const INT_RAW: u32 = 0x00;
const INT_ENA: u32 = 0x08;
const INT_CLR: u32 = 0x0c;

const IN_DONE: u32 = 1;
const IN_SUC_EOF: u32 = 1 << 1;
const OUT_DONE: u32 = 1 << 3;
const OUT_EOF: u32 = 1 << 4;
const IN_DSCR_ERR: u32 = 1 << 5;
const OUT_DSCR_ERR: u32 = 1 << 6;
const IN_DSCR_EMPTY: u32 = 1 << 7;
const OUT_TOTAL_EOF: u32 = 1 << 8;
const CHECK_OWNER: u32 = 1 << 12;

struct Ram(Vec<u8>);

impl Ram {
    fn new() -> Self {
        Ram(vec![0; MEMORY_BYTES])
    }

    fn range(address: u32, len: usize) -> Option<std::ops::Range<usize>> {
        let start = address.checked_sub(BASE)? as usize;
        (start + len <= MEMORY_BYTES).then_some(start..start + len)
    }

    fn word(&mut self, address: u32) -> u32 {
        let mut bytes = [0; 4];
        assert!(self.load(address, &mut bytes));
        u32::from_le_bytes(bytes)
    }

    fn descriptor(&mut self, at: u32, control: u32, buffer: u32, next: u32) {
        for (offset, word) in [(0, control), (4, buffer), (8, next)] {
            assert!(self.store(BASE + at + offset, &word.to_le_bytes()));
        }
    }
}

impl DmaMemory for Ram {
    fn load(&mut self, address: u32, into: &mut [u8]) -> bool {
        let range = Ram::range(address, into.len());
        range.is_some_and(|range| {
            into.copy_from_slice(&self.0[range]);
            true
        })
    }

    fn store(&mut self, address: u32, data: &[u8]) -> bool {
        let range = Ram::range(address, data.len());
        range.is_some_and(|range| {
            self.0[range].copy_from_slice(data);
            true
        })
    }
}

fn c3() -> Gdma {
    let mut gdma = Gdma::new(&esp32c3::gdma::GDMA);
    gdma.write(INT_ENA, u32::MAX, 0);
    gdma
}

fn start_out(gdma: &mut Gdma, peripheral: u8, at: u32) {
    gdma.write(OUT + PERI_SEL, u32::from(peripheral), 0);
    let command = (BASE + at) & 0xf_ffff | 1 << 21;
    let write = gdma.write(OUT + LINK, command, 0);
    assert_eq!(write.effect, Effect::DmaTransfer);
}

fn start_in(gdma: &mut Gdma, peripheral: u8, at: u32) {
    gdma.write(IN + PERI_SEL, u32::from(peripheral), 0);
    gdma.write(IN + LINK, (BASE + at) & 0xf_ffff | 1 << 22, 0);
}

fn raw(gdma: &mut Gdma) -> u32 {
    gdma.read(INT_RAW, 0).value
}

#[test]
fn a_chain_is_sent_in_pieces() {
    let (mut gdma, mut ram) = (c3(), Ram::new());
    ram.0[0x1000..0x1008].copy_from_slice(b"abcdefgh");
    ram.descriptor(0x100, OWNER | 5 << 12, BASE + 0x1000, BASE + 0x200);
    ram.descriptor(0x200, OWNER | EOF | 3 << 12, BASE + 0x1005, 0);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 8, &mut ram), None);
    start_out(&mut gdma, PERIPHERAL_SHA, 0x100);
    assert_eq!(gdma.take(PERIPHERAL_AES, 8, &mut ram), None);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 4, &mut ram).unwrap(), b"abcd");
    assert_eq!(raw(&mut gdma), 0);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 3, &mut ram).unwrap(), b"efg");
    assert_eq!(raw(&mut gdma), OUT_DONE);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 9, &mut ram).unwrap(), b"h");
    assert_eq!(raw(&mut gdma), OUT_DONE | OUT_EOF | OUT_TOTAL_EOF);
    assert_eq!(gdma.read(OUT + EOF_ADDRESS, 0).value, BASE + 0x200);
    // The list is at its end: the channel is parked, and its line is up until the interrupts are cleared.
    assert_eq!(gdma.read(OUT + LINK, 0).value & 1 << 23, 1 << 23);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 9, &mut ram), None);
    assert_eq!(gdma.interrupts(), 1);
    gdma.write(INT_CLR, u32::MAX, 0);
    assert_eq!(gdma.interrupts(), 0);
    // Owner bits stay without automatic write-back.
    assert_eq!(ram.word(BASE + 0x100) & OWNER, OWNER);
}

#[test]
fn a_list_made_longer_goes_on_after_restart() {
    let (mut gdma, mut ram) = (c3(), Ram::new());
    ram.0[0x1000..0x1004].copy_from_slice(b"abcd");
    ram.descriptor(0x100, OWNER | 2 << 12, BASE + 0x1000, 0);
    gdma.write(OUT + CONF0, 1 << 2, 0);
    start_out(&mut gdma, PERIPHERAL_SHA, 0x100);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 4, &mut ram).unwrap(), b"ab");
    assert_eq!(ram.word(BASE + 0x100) & OWNER, 0);
    ram.descriptor(0x200, OWNER | EOF | 2 << 12, BASE + 0x1002, 0);
    ram.descriptor(0x100, 2 << 12, BASE + 0x1000, BASE + 0x200);
    let write = gdma.write(OUT + LINK, 1 << 22, 0);
    assert_eq!(write.effect, Effect::DmaTransfer);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 4, &mut ram).unwrap(), b"cd");
}

#[test]
fn broken_lists_raise_descriptor_errors() {
    // Owner, address of the descriptor, address of the buffer.
    for (control, next, buffer) in [
        (4 << 12, 0, BASE + 0x1000),
        (OWNER | 4 << 12, 0, 0x5000_0000),
        (OWNER, 0x1000_0000, BASE),
    ] {
        let (mut gdma, mut ram) = (c3(), Ram::new());
        ram.descriptor(0x100, control, buffer, next);
        gdma.write(OUT + CONF1, CHECK_OWNER, 0);
        start_out(&mut gdma, PERIPHERAL_SHA, 0x100);
        assert_eq!(gdma.take(PERIPHERAL_SHA, 4, &mut ram).unwrap(), b"");
        assert_eq!(raw(&mut gdma) & OUT_DSCR_ERR, OUT_DSCR_ERR);
        assert_eq!(gdma.take(PERIPHERAL_SHA, 4, &mut ram), None);
    }
}

#[test]
fn circular_lists_end() {
    let (mut gdma, mut ram) = (c3(), Ram::new());
    ram.descriptor(0x100, OWNER, BASE, BASE + 0x100);
    start_out(&mut gdma, PERIPHERAL_SHA, 0x100);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 4, &mut ram).unwrap(), b"");
    assert_eq!(raw(&mut gdma) & OUT_DSCR_ERR, OUT_DSCR_ERR);
    start_in(&mut gdma, PERIPHERAL_AES, 0x100);
    assert!(!gdma.put(PERIPHERAL_AES, b"x", &mut ram));
    assert_eq!(raw(&mut gdma) & IN_DSCR_ERR, IN_DSCR_ERR);
}

#[test]
fn a_frame_is_received_into_a_chain() {
    let (mut gdma, mut ram) = (c3(), Ram::new());
    ram.descriptor(0x100, OWNER | 4, BASE + 0x1000, BASE + 0x200);
    ram.descriptor(0x200, OWNER | 8, BASE + 0x1100, 0);
    gdma.write(IN + CONF1, CHECK_OWNER, 0);
    start_in(&mut gdma, PERIPHERAL_AES, 0x100);
    assert!(gdma.can_put(PERIPHERAL_AES));
    assert!(gdma.put(PERIPHERAL_AES, b"abcdef", &mut ram));
    assert_eq!(&ram.0[0x1000..0x1004], b"abcd");
    assert_eq!(&ram.0[0x1100..0x1103], b"ef\0");
    assert_eq!(ram.word(BASE + 0x100), 4 | 4 << 12);
    assert_eq!(ram.word(BASE + 0x200), EOF | 8 | 2 << 12);
    assert_eq!(raw(&mut gdma), IN_DONE | IN_SUC_EOF);
    assert_eq!(gdma.read(IN + EOF_ADDRESS, 0).value, BASE + 0x200);
    assert!(!gdma.can_put(PERIPHERAL_AES));
}

#[test]
fn a_chain_too_short_for_a_frame_is_reported() {
    let (mut gdma, mut ram) = (c3(), Ram::new());
    ram.descriptor(0x100, OWNER | 4, BASE + 0x1000, 0);
    start_in(&mut gdma, PERIPHERAL_AES, 0x100);
    assert!(!gdma.put(PERIPHERAL_AES, b"abcdef", &mut ram));
    assert_eq!(raw(&mut gdma), IN_DONE | IN_DSCR_EMPTY);
    assert_eq!(&ram.0[0x1000..0x1006], b"abcd\0\0");
}

#[test]
fn memory_to_memory_carries_one_frame() {
    let (mut gdma, mut ram) = (c3(), Ram::new());
    ram.0[0x1000..0x1006].copy_from_slice(b"abcdef");
    ram.descriptor(0x100, OWNER | EOF | 4 << 12, BASE + 0x1000, BASE + 0x100);
    ram.descriptor(0x300, OWNER | 0x10, BASE + 0x1100, 0);
    gdma.write(IN + CONF0, 1 << 4, 0);
    start_out(&mut gdma, 0, 0x100);
    assert!(!gdma.memory_to_memory(&mut ram));
    start_in(&mut gdma, 0, 0x300);
    // Such a channel serves no peripheral.
    assert_eq!(gdma.take(0, 1, &mut ram), None);
    assert!(gdma.memory_to_memory(&mut ram));
    assert_eq!(&ram.0[0x1100..0x1106], b"abcd\0\0");
    let expected = IN_DONE | IN_SUC_EOF | OUT_DONE | OUT_EOF;
    assert_eq!(raw(&mut gdma), expected);
}

#[test]
fn the_s3_has_a_line_for_each_half_of_a_channel() {
    let (mut gdma, mut ram) = (Gdma::new(&esp32s3::gdma::GDMA), Ram::new());
    ram.descriptor(0x100, OWNER | EOF | 1 << 12, BASE, 0);
    // Channel 4's transmit half: GDMA_OUT_PERI_SEL_CH4, OUT_INT_ENA, OUT_LINK.
    gdma.write(0x3a8, u32::from(PERIPHERAL_SHA), 0);
    gdma.write(0x370, u32::MAX, 0);
    gdma.write(0x380, (BASE + 0x100) & 0xf_ffff | 1 << 21, 0);
    assert_eq!(gdma.take(PERIPHERAL_SHA, 1, &mut ram).unwrap(), b"\0");
    // OUT_DONE, OUT_EOF and OUT_TOTAL_EOF.
    assert_eq!(gdma.read(0x36c, 0).value, 0b1011);
    assert_eq!(gdma.interrupts(), 1 << 9);
}

/// A message with the padding of SHA-2 behind it.
fn padded(message: &[u8], block: usize) -> Vec<u8> {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % block != block - 8 {
        padded.push(0);
    }
    padded.extend((message.len() as u64 * 8).to_be_bytes());
    padded
}

fn digest(sha: &mut ShaDma, bytes: u32) -> Vec<u8> {
    (0x40..0x40 + bytes)
        .step_by(4)
        .flat_map(|offset| sha.read(offset, 0).value.to_le_bytes())
        .collect()
}

/// Hashes a message that lies in a chain of two descriptors, the accelerator or the channel started first.
fn hash_by_dma(
    spec: &'static sha_dma::Layout,
    mode: u32,
    block: usize,
    sha_first: bool,
) -> Vec<u8> {
    let message = [0x61; 300];
    let padded = padded(&message, block);
    let (mut gdma, mut ram, mut sha) = (c3(), Ram::new(), ShaDma::new(spec));
    ram.0[0x1000..0x1000 + padded.len()].copy_from_slice(&padded);
    let rest = padded.len() as u32 - 100;
    ram.descriptor(0x100, OWNER | 100 << 12, BASE + 0x1000, BASE + 0x200);
    ram.descriptor(0x200, OWNER | EOF | rest << 12, BASE + 0x1064, 0);
    sha.write(0x00, mode, 0);
    sha.write(0x0c, (padded.len() / block) as u32, 0);
    sha.write(0x28, 1, 0);
    if sha_first {
        assert_eq!(sha.write(0x1c, 1, 0).effect, Effect::DmaTransfer);
        assert!(!serve(&mut gdma, &mut sha, &mut ram, 0));
        assert_eq!(sha.read(0x18, 0).value, 1);
        start_out(&mut gdma, PERIPHERAL_SHA, 0x100);
    } else {
        start_out(&mut gdma, PERIPHERAL_SHA, 0x100);
        assert!(!serve(&mut gdma, &mut sha, &mut ram, 0));
        assert_eq!(sha.write(0x1c, 1, 0).effect, Effect::DmaTransfer);
    }
    assert_eq!(sha.interrupts(), 0);
    assert!(serve(&mut gdma, &mut sha, &mut ram, 0));
    assert_eq!(sha.read(0x18, 0).value, 0);
    assert_eq!(sha.interrupts(), 1);
    sha.write(0x24, 1, 0);
    assert_eq!(sha.interrupts(), 0);
    digest(&mut sha, block as u32 / 2)
}

#[test]
fn sha_256_of_a_chain() {
    let expected = Sha256::digest([0x61; 300]).to_vec();
    assert_eq!(hash_by_dma(&esp32c3::crypto::SHA, 2, 64, true), expected);
    assert_eq!(hash_by_dma(&esp32s3::crypto::SHA, 2, 64, false), expected);
}

#[test]
fn sha_512_of_a_chain() {
    let expected = Sha512::digest([0x61; 300]).to_vec();
    assert_eq!(hash_by_dma(&esp32s3::crypto::SHA, 4, 128, true), expected);
}

/// Encrypts by DMA in CBC, the input in a list that ends in the middle of a block and is made longer afterwards.
#[test]
fn aes_by_dma_goes_on_when_the_list_is_made_longer() {
    // NIST SP 800-38A, F.2.1, first two blocks.
    let key = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3cu128.to_be_bytes();
    let iv = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0fu128.to_be_bytes();
    let plain = [
        0x6bc1_bee2_2e40_9f96_e93d_7e11_7393_172au128.to_be_bytes(),
        0xae2d_8a57_1e03_ac9c_9eb7_6fac_45af_8e51u128.to_be_bytes(),
    ]
    .concat();
    let (mut gdma, mut ram, mut aes) = (c3(), Ram::new(), AesDma::new());
    let mut load = |offset: u32, bytes: &[u8]| {
        for (offset, word) in (offset..).step_by(4).zip(bytes.chunks(4)) {
            aes.write(offset, u32::from_le_bytes(word.try_into().unwrap()), 0);
        }
    };
    load(0x00, &key);
    load(0x50, &iv);
    ram.0[0x1000..0x1020].copy_from_slice(&plain);
    ram.descriptor(0x100, OWNER | 20 << 12, BASE + 0x1000, 0);
    ram.descriptor(0x300, OWNER | 0x100, BASE + 0x1100, 0);
    // Enable DMA and its interrupt, CBC, two blocks, trigger.
    for (offset, value) in [(0x90, 1), (0xb0, 1), (0x94, 1), (0x98, 2)] {
        aes.write(offset, value, 0);
    }
    start_out(&mut gdma, PERIPHERAL_AES, 0x100);
    assert_eq!(aes.write(0x48, 1, 0).effect, Effect::DmaTransfer);
    // Nothing is taken while the results have no place.
    assert!(!serve(&mut gdma, &mut aes, &mut ram, 0));
    start_in(&mut gdma, PERIPHERAL_AES, 0x300);
    assert!(serve(&mut gdma, &mut aes, &mut ram, 0));
    assert_eq!((aes.read(0x4c, 0).value, aes.wants()), (1, Some(12)));
    ram.descriptor(0x200, OWNER | EOF | 12 << 12, BASE + 0x1014, 0);
    ram.descriptor(0x100, OWNER | 20 << 12, BASE + 0x1000, BASE + 0x200);
    gdma.write(OUT + LINK, 1 << 22, 0);
    assert!(serve(&mut gdma, &mut aes, &mut ram, 0));
    let cipher = [
        0x7649_abac_8119_b246_cee9_8e9b_12e9_197du128.to_be_bytes(),
        0x5086_cb9b_5072_19ee_95db_113a_9176_78b2u128.to_be_bytes(),
    ]
    .concat();
    assert_eq!(&ram.0[0x1100..0x1120], cipher);
    assert_eq!(ram.word(BASE + 0x300), EOF | 0x100 | 0x20 << 12);
    assert_eq!((aes.read(0x4c, 0).value, aes.interrupts()), (2, 1));
    // The IV memory is ready for the next block of the message.
    let last = u32::from_le_bytes(cipher[28..].try_into().unwrap());
    assert_eq!(aes.read(0x5c, 0).value, last);
    aes.write(0xb8, 0, 0);
    assert_eq!(aes.read(0x4c, 0).value, 0);
}

/// Random registers over random memory, transfers after each access.
#[test]
fn no_registers_and_no_memory_make_a_transfer_panic_or_hang() {
    let mut rng = Generator::new(11);
    for round in 0..200 {
        let spec = [&esp32c3::gdma::GDMA, &esp32s3::gdma::GDMA][round % 2];
        let (mut gdma, mut ram) = (Gdma::new(spec), Ram::new());
        let (mut sha, mut aes) = (ShaDma::new(&esp32s3::crypto::SHA), AesDma::new());
        aes.write(0x90, 1, 0);
        for at in (0..0x400).step_by(12) {
            let next = BASE + rng.next_word() % 85 * 12;
            let control = rng.next_word();
            ram.descriptor(at, control, BASE + rng.next_word() % 0x4000, next);
        }
        for _ in 0..60 {
            let register = rng.next_word() & 0x3fc;
            let value = match rng.next_word() % 3 {
                0 => rng.next_word(),
                1 => (BASE & 0xf_ffff) | (rng.next_word() % 85 * 12) | 3 << 21,
                _ => rng.next_word() % 10,
            };
            gdma.write(register, value, 0);
            aes.write(rng.next_word() & 0xfc, rng.next_word() % 8, 0);
            sha.write(rng.next_word() & 0x3c, rng.next_word() % 8, 0);
            gdma.memory_to_memory(&mut ram);
            serve(&mut gdma, &mut sha, &mut ram, 0);
            serve(&mut gdma, &mut aes, &mut ram, 0);
            gdma.interrupts();
        }
    }
}
