//! Tests of the SPI controllers.

use super::*;
use crate::emu::soc::chips::esp32::flash::SPI as ESP32;
use crate::emu::soc::chips::esp32c3::flash::SPI_MEM as ESP32C3;

const USER: u32 = ESP32.user;
const USER1: u32 = ESP32.user1;
const USER2: u32 = ESP32.user2;
const MISO_DLEN: u32 = ESP32.miso_dlen;
const RD_STATUS: u32 = ESP32.rd_status;
const PIN: u32 = ESP32.pin;
const W0: u32 = ESP32.buffer;
const TX_CRC: u32 = ESP32.buffer + BUFFER_END;
const EXT2: u32 = ESP32.state;

fn spi1() -> SpiMem {
    SpiMem::new("spi1", true, &ESP32)
}

fn flash_command(write: RegWrite) -> FlashCommand {
    match write.effect {
        Effect::Flash(command) => command,
        other => panic!("not a flash command: {other:?}"),
    }
}

#[test]
fn a_user_read_takes_the_address_from_the_top_of_the_register() {
    let mut spi = spi1();
    spi.write(USER, 0xf000_0000, 0);
    spi.write(USER1, 23 << 26, 0);
    spi.write(USER2, 0x7000_0003, 0);
    spi.write(ADDR, 0x12_3456 << 8, 0);
    spi.write(MISO_DLEN, 64 * 8 - 1, 0);
    let command = flash_command(spi.write(CMD, 1 << 18, 0));
    assert_eq!(command.opcode, 3);
    assert_eq!(command.address, Some(0x12_3456));
    assert_eq!(command.read_len, 64);
    assert_eq!(spi.read(CMD, 0).value, 1 << 18);
    let data: Vec<u8> = (0..64).collect();
    spi.complete(&data);
    assert_eq!(spi.read(CMD, 0).value, 0);
    assert_eq!(spi.read(W0, 0).value, 0x0302_0100);
    assert_eq!(spi.read(TX_CRC - 4, 0).value, 0x3f3e_3d3c);
    assert_eq!(spi.read(EXT2, 0).value, 0);
}

#[test]
fn dual_and_quad_io_reads_drop_the_mode_bits() {
    let mut spi = spi1();
    spi.write(USER, 0xf000_0000, 0);
    spi.write(USER1, 31 << 26, 0);
    spi.write(USER2, 0x7000_00bb, 0);
    spi.write(ADDR, 0x0010_00ff, 0);
    let command = flash_command(spi.write(CMD, 1 << 18, 0));
    assert_eq!(command.address, Some(0x1000));
    // A four-byte read with as many bits keeps them all.
    spi.write(USER2, 0x7000_0013, 0);
    spi.write(ADDR, 0x0100_1000, 0);
    let command = flash_command(spi.write(CMD, 1 << 18, 0));
    assert_eq!(command.address, Some(0x0100_1000));
}

#[test]
fn page_program_takes_length_and_address_from_one_register() {
    let mut spi = spi1();
    spi.write(ADDR, 0x2000_1020, 0);
    for word in 0..8 {
        spi.write(W0 + 4 * word, 0x1111_1111 * word, 0);
    }
    let command = flash_command(spi.write(CMD, 1 << 25, 0));
    assert_eq!(command.opcode, 0x02);
    assert_eq!(command.address, Some(0x1020));
    assert_eq!(command.data_out.len(), 32);
    assert_eq!(command.data_out[28..], [0x77; 4]);
    assert!(!command.encrypted);
}

#[test]
fn only_programs_are_marked_encrypted() {
    let mut spi = spi1();
    spi.set_encrypting(true);
    assert!(!flash_command(spi.write(CMD, 1 << 27, 0)).encrypted);
    assert!(!flash_command(spi.write(CMD, 1 << 24, 0)).encrypted);
    assert!(flash_command(spi.write(CMD, 1 << 25, 0)).encrypted);
}

#[test]
fn status_is_read_into_and_written_from_its_register() {
    let mut spi = spi1();
    assert_eq!(flash_command(spi.write(CMD, 1 << 27, 0)).opcode, 0x05);
    spi.complete(&[0x02]);
    assert_eq!(spi.read(RD_STATUS, 0).value, 0x02);
    spi.write(RD_STATUS, 0x0200, 0);
    let command = flash_command(spi.write(CMD, 1 << 26, 0));
    assert_eq!(command.data_out, [0x00]);
    spi.write(CTRL, CTRL_WRSR_2B.mask(), 0);
    let command = flash_command(spi.write(CMD, 1 << 26, 0));
    assert_eq!(command.data_out, [0x00, 0x02]);
}

#[test]
fn with_the_chip_deselected_nothing_answers() {
    let mut spi = spi1();
    spi.write(PIN, 1, 0);
    spi.write(USER, 0x9000_0000, 0);
    spi.write(MISO_DLEN, 23, 0);
    assert_eq!(spi.write(CMD, 1 << 18, 0).effect, Effect::Interrupts);
    assert_eq!(spi.read(CMD, 0).value, 0);
    assert_eq!(spi.read(W0, 0).value, 0x00ff_ffff);
}

#[test]
fn the_later_design_sends_the_low_bits_and_tells_the_end_by_interrupt() {
    let mut spi = SpiMem::new("spi1", true, &ESP32C3);
    spi.write(ESP32C3.user, 0xd000_0000, 0);
    spi.write(ESP32C3.user1, 23 << 26, 0);
    spi.write(ESP32C3.user2, 0x7000_0003, 0);
    spi.write(ADDR, 0x12_3456, 0);
    spi.write(ESP32C3.miso_dlen, 31, 0);
    spi.write(0xc0, INT_TRANS_END, 0);
    let write = spi.write(CMD, 1 << 18, 0);
    let Effect::Flash(command) = write.effect else {
        panic!("{write:?}");
    };
    assert_eq!(command.address, Some(0x12_3456));
    spi.complete(&[1, 2, 3, 4]);
    assert_eq!(spi.read(0x58, 0).value, 0x0403_0201);
    assert_eq!(spi.interrupts(), 1);
    spi.write(0xc4, INT_TRANS_END, 0);
    assert_eq!(spi.interrupts(), 0);
}
