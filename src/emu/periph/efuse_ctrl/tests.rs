//! Tests of both families of controllers.

use super::*;
use crate::chip::Chip;
use crate::efuse::reed_solomon::check_bytes;
use crate::emu::soc::chips::{esp32, esp32c3, esp32s3};

/// First programming register of each of the ESP32's blocks.
const WDATA: [u32; 4] = [0x1c, 0x98, 0xb8, 0xd8];
/// First read register of each of the ESP32's blocks.
const RDATA: [u32; 4] = [0x00, 0x38, 0x58, 0x78];
const CONF: u32 = 0xfc;
const CMD: u32 = 0x104;
const INT_ENA: u32 = 0x110;
const DEC_STATUS: u32 = 0x11c;

fn controller() -> EfuseCtrl {
    EfuseCtrl::new(&esp32::efuse::CONTROLLER, EfuseBank::blank(Chip::Esp32))
}

fn program(efuse: &mut EfuseCtrl, offset: u32, value: u32) {
    efuse.write(offset, value, 0);
    efuse.write(CONF, OP_PROGRAM, 0);
    assert_eq!(
        efuse.write(CMD, CMD_PROGRAM, 0).effect,
        Effect::EfusesBurned
    );
    efuse.write(offset, 0, 0);
}

fn reload(efuse: &mut EfuseCtrl) {
    efuse.write(CONF, OP_READ, 0);
    efuse.write(CMD, CMD_READ, 0);
}

#[test]
fn a_burn_shows_after_the_read_command() {
    let mut efuse = controller();
    program(&mut efuse, WDATA[3], 0x1234_5678);
    assert_eq!(efuse.read(RDATA[3], 0).value, 0);
    assert_eq!(efuse.bank().hardware_word(3, 0), 0x1234_5678);
    reload(&mut efuse);
    assert_eq!(efuse.read(RDATA[3], 0).value, 0x1234_5678);
    assert_eq!(efuse.burns(), 1);
}

#[test]
fn read_protection_hides_a_block_from_the_next_read_on() {
    let mut efuse = controller();
    program(&mut efuse, WDATA[1] + 4, 0xaaaa_5555);
    reload(&mut efuse);
    // RD_DIS of BLOCK1: BLOCK0 word 0, bit 16.
    program(&mut efuse, WDATA[0], 1 << 16);
    assert_eq!(efuse.read(RDATA[1] + 4, 0).value, 0xaaaa_5555);
    reload(&mut efuse);
    assert_eq!(efuse.read(RDATA[1] + 4, 0).value, 0);
    assert_eq!(efuse.bank().hardware_word(1, 1), 0xaaaa_5555);
}

#[test]
fn a_protection_does_not_bind_the_operation_that_burns_it() {
    let mut efuse = controller();
    efuse.write(WDATA[1], 0xff, 0);
    // WR_DIS of BLOCK1: BLOCK0 word 0, bit 7.
    program(&mut efuse, WDATA[0], 1 << 7);
    assert_eq!(efuse.bank().hardware_word(1, 0), 0xff);
    program(&mut efuse, WDATA[1], 0xffff);
    assert_eq!(efuse.bank().hardware_word(1, 0), 0xff);
}

#[test]
fn commands_need_their_operation_code_and_end_in_time() {
    let mut efuse = controller();
    efuse.write(WDATA[3], 1, 0);
    efuse.write(CONF, OP_READ, 0);
    assert_eq!(efuse.write(CMD, CMD_PROGRAM, 0).effect, Effect::None);
    assert_eq!(efuse.bank().hardware_word(3, 0), 0);
    efuse.write(INT_ENA, CMD_READ, 0);
    efuse.write(CMD, CMD_READ, 0);
    assert_eq!(efuse.read(CMD, 1).value, CMD_READ);
    assert_eq!(efuse.next_event(), Some(READ_TICKS));
    assert_eq!(efuse.interrupts(), 0);
    efuse.advance(READ_TICKS);
    assert_eq!(efuse.interrupts(), 1);
    assert_eq!(efuse.read(CMD, READ_TICKS).value, 0);
}

#[test]
fn broken_three_quarter_coding_is_reported() {
    let mut efuse = controller();
    // CODING_SCHEME 1 (3/4): BLOCK0 word 6, bits 0-1.
    program(&mut efuse, WDATA[0] + 24, 1);
    // Bytes 1, 0, 0, 0, 0, 0: XOR 1, weighted sum 1.
    efuse.write(WDATA[2], 1, 0);
    program(&mut efuse, WDATA[2] + 4, 0x0101_0000);
    efuse.write(WDATA[2], 0, 0);
    program(&mut efuse, WDATA[3] + 8, 1);
    reload(&mut efuse);
    // BLOCK3, second group.
    assert_eq!(efuse.read(DEC_STATUS, 0).value, 1 << 9);
}

/// Registers of the later chips.
mod later {
    pub const PGM_DATA: u32 = 0x00;
    pub const PGM_CHECK: u32 = 0x20;
    pub const RD_KEY0: u32 = 0x9c;
    pub const RD_BLOCK1: u32 = 0x44;
    pub const RD_REPEAT_ERR: [u32; 5] = [0x17c, 0x180, 0x184, 0x188, 0x190];
    pub const RD_RS_ERR0: u32 = 0x1c0;
    pub const RD_RS_ERR1: u32 = 0x1c4;
    pub const CONF: u32 = 0x1cc;
    pub const CMD: u32 = 0x1d4;
    pub const INT_ENA: u32 = 0x1e0;
}

const KEY0: u32 = 4;

fn later_controller(chip: Chip) -> EfuseCtrl {
    let layout = match chip {
        Chip::Esp32C3 => &esp32c3::efuse::CONTROLLER,
        Chip::Esp32S3 => &esp32s3::efuse::CONTROLLER,
        _ => panic!("no later chip: {chip}"),
    };
    EfuseCtrl::new(layout, EfuseBank::blank(chip))
}

/// Programs a block as ESP-IDF does, with these check bytes.
fn program_block(efuse: &mut EfuseCtrl, block: u32, data: &[u8; 32], check: &[u8; 12]) {
    let words = |offset, bytes: &[u8]| {
        let (words, _) = bytes.as_chunks::<4>();
        let words = words.iter().map(|word| u32::from_le_bytes(*word));
        (0..)
            .map(move |n| offset + 4 * n)
            .zip(words)
            .collect::<Vec<_>>()
    };
    let all = [words(later::PGM_DATA, data), words(later::PGM_CHECK, check)].concat();
    for &(offset, word) in &all {
        efuse.write(offset, word, 0);
        assert_eq!(efuse.read(offset, 0).value, word);
    }
    efuse.write(later::CONF, OP_PROGRAM, 0);
    let write = efuse.write(later::CMD, CMD_PROGRAM | block << 2, 0);
    assert_eq!(write.effect, Effect::EfusesBurned);
    assert_eq!(efuse.read(later::CMD, 0).value, CMD_PROGRAM | block << 2);
    assert_eq!(efuse.read(later::CMD, PROGRAM_TICKS).value, block << 2);
    for (offset, _) in all {
        efuse.write(offset, 0, 0);
    }
}

fn reload_later(efuse: &mut EfuseCtrl) {
    efuse.write(later::CONF, OP_READ, 0);
    let effect = efuse.write(later::CMD, CMD_READ, 0).effect;
    assert_eq!(effect, Effect::EfusesRead);
}

fn count() -> [u8; 32] {
    std::array::from_fn(|i| i as u8 + 1)
}

#[test]
fn a_key_block_is_programmed_and_hidden() {
    for chip in [Chip::Esp32C3, Chip::Esp32S3] {
        let mut efuse = later_controller(chip);
        program_block(&mut efuse, KEY0, &count(), &check_bytes(&count()));
        assert_eq!(efuse.read(later::RD_KEY0, 0).value, 0);
        reload_later(&mut efuse);
        assert_eq!(efuse.read(later::RD_KEY0, 0).value, 0x0403_0201);
        assert_eq!(efuse.read(later::RD_KEY0 + 28, 0).value, 0x201f_1e1d);
        assert_eq!(efuse.read(later::RD_RS_ERR0, 0).value, 0);
        // RD_DIS of KEY0: BLOCK0 word 1, bit 0; WR_DIS of KEY0: word 0, bit 23.
        let mut protection = [0; 32];
        (protection[2], protection[4]) = (0x80, 1);
        program_block(&mut efuse, 0, &protection, &[0; 12]);
        assert_eq!(efuse.read(later::RD_KEY0, 0).value, 0x0403_0201);
        reload_later(&mut efuse);
        assert_eq!(efuse.read(later::RD_KEY0, 0).value, 0);
        assert_eq!(efuse.bank().key_block(0), count());
        program_block(&mut efuse, KEY0, &[0xff; 32], &[0xff; 12]);
        assert_eq!(efuse.bank().key_block(0), count());
        assert_eq!(efuse.burns(), 3);
    }
}

#[test]
fn short_blocks_take_what_they_have_room_for() {
    let mut efuse = later_controller(Chip::Esp32C3);
    let mut data = count();
    data[24..].fill(0);
    program_block(&mut efuse, 1, &data, &check_bytes(&data));
    reload_later(&mut efuse);
    assert_eq!(efuse.read(later::RD_BLOCK1 + 20, 0).value, 0x1817_1615);
    assert_eq!(efuse.read(later::RD_BLOCK1 + 24, 0).value, 0);
    assert_eq!(efuse.read(later::RD_RS_ERR0, 0).value, 0);
    program_block(&mut efuse, 15, &count(), &[0; 12]);
    assert_eq!(efuse.bank().block_count(), 11);
}

#[test]
fn wrong_bytes_are_corrected_and_counted() {
    for chip in [Chip::Esp32C3, Chip::Esp32S3] {
        let mut efuse = later_controller(chip);
        let check = check_bytes(&count());
        let mut wrong = count();
        (wrong[0], wrong[9]) = (0x81, 0xff);
        program_block(&mut efuse, KEY0, &wrong, &check);
        reload_later(&mut efuse);
        assert_eq!(efuse.read(later::RD_KEY0, 0).value, 0x0403_0201);
        assert_eq!(efuse.read(later::RD_RS_ERR0, 0).value, 2 << 12);
        assert_eq!(efuse.bank().coding_errors(), [(4, 0)]);
        for offset in later::RD_REPEAT_ERR {
            assert_eq!(efuse.read(offset, 0).value, 0);
        }
    }
}

#[test]
fn what_cannot_be_corrected_fails_in_the_chips_own_place() {
    // Chip, block, EFUSE_RD_RS_ERR0, EFUSE_RD_RS_ERR1.
    let table = [
        (Chip::Esp32S3, 4, 1 << 15, 0),
        (Chip::Esp32C3, 4, 1 << 19, 0),
        (Chip::Esp32S3, 8, 1 << 31, 0),
        (Chip::Esp32C3, 8, 0, 1 << 3),
        (Chip::Esp32S3, 10, 0, 1 << 7),
        (Chip::Esp32C3, 10, 0, 0),
    ];
    for (chip, block, first, second) in table {
        let mut efuse = later_controller(chip);
        // A second burn into the same block breaks its check bytes.
        let check = check_bytes(&count());
        program_block(&mut efuse, block, &count(), &check);
        program_block(&mut efuse, block, &[0x55; 32], &check_bytes(&[0x55; 32]));
        reload_later(&mut efuse);
        assert_eq!(
            efuse.read(later::RD_RS_ERR0, 0).value,
            first,
            "{chip} {block}"
        );
        assert_eq!(
            efuse.read(later::RD_RS_ERR1, 0).value,
            second,
            "{chip} {block}"
        );
        let stored = efuse.bank().hardware_word(block as usize, 0);
        assert_eq!(stored, 0x0403_0201 | 0x5555_5555);
        assert_eq!(efuse.bank().software_word(block as usize, 0), stored);
    }
}

#[test]
fn the_interrupt_of_the_later_chips() {
    let mut efuse = later_controller(Chip::Esp32S3);
    efuse.write(later::INT_ENA, CMD_READ, 0);
    reload_later(&mut efuse);
    efuse.advance(READ_TICKS);
    assert_eq!(efuse.interrupts(), 1);
    efuse.write(later::CONF, OP_READ, 0);
    let effect = efuse.write(later::CMD, CMD_PROGRAM, 0).effect;
    assert_eq!((effect, efuse.burns()), (Effect::None, 0));
}

#[test]
fn differing_copies_of_block_0_show_after_the_read_command() {
    const REPEAT_ERR: [u32; 5] = [0x17c, 0x180, 0x184, 0x188, 0x190];
    for chip in [Chip::Esp32C3, Chip::Esp32S3] {
        let mut efuse = later_controller(chip);
        let counter = efuse.bank().table().crypt_cnt;
        efuse.bank_mut().flip(0, 2 * 6 * 32 + counter.bit);
        let errors = |efuse: &mut EfuseCtrl| REPEAT_ERR.map(|at| efuse.read(at, 0).value);
        assert_eq!(errors(&mut efuse), [0; 5]);
        reload_later(&mut efuse);
        let mut wanted = [0; 5];
        wanted[counter.bit / 32 - 1] = 1 << (counter.bit % 32);
        assert_eq!(errors(&mut efuse), wanted);
        assert_eq!(efuse.bank().get(&counter), 0);
    }
}
