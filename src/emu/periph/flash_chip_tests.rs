//! Tests of the flash chip.

use super::*;

const SIZE: usize = 0x40_0000;

fn chip() -> FlashChip {
    FlashChip::new(FlashImage::erased(SIZE))
}

fn command(opcode: u8) -> FlashCommand {
    FlashCommand {
        opcode,
        ..FlashCommand::default()
    }
}

fn program(chip: &mut FlashChip, address: u32, data: &[u8]) -> FlashOutcome {
    chip.execute(&command(opcode::WREN));
    chip.execute(&FlashCommand {
        address: Some(address),
        data_out: data.to_vec(),
        ..command(opcode::PP)
    })
}

fn erase(chip: &mut FlashChip, opcode: u8, address: u32) -> FlashOutcome {
    chip.execute(&command(opcode::WREN));
    chip.execute(&FlashCommand {
        address: Some(address),
        ..command(opcode)
    })
}

fn read(chip: &mut FlashChip, address: u32, len: usize) -> Vec<u8> {
    let outcome = chip.execute(&FlashCommand {
        address: Some(address),
        read_len: len,
        ..command(opcode::READ)
    });
    assert_eq!(outcome.unmodelled, None);
    outcome.data
}

fn status(chip: &mut FlashChip, opcode: u8) -> u8 {
    let read = FlashCommand {
        read_len: 1,
        ..command(opcode)
    };
    chip.execute(&read).data[0]
}

#[test]
fn identifies_by_size() {
    let id = chip().execute(&FlashCommand {
        read_len: 3,
        ..command(opcode::RDID)
    });
    assert_eq!(id.data, [0xc8, 0x40, 0x16]);
    let small = FlashChip::new(FlashImage::erased(0x20_0000));
    assert_eq!(small.jedec_id()[2], 0x15);
}

#[test]
fn programming_only_clears_bits() {
    let mut chip = chip();
    assert_eq!(
        program(&mut chip, 0x1000, &[0xf0]).changed,
        Some(0x1000..0x1001)
    );
    program(&mut chip, 0x1000, &[0x3c, 0x55]);
    assert_eq!(read(&mut chip, 0x1000, 3), [0x30, 0x55, 0xff]);
    assert_eq!(chip.programs(), 2);
}

#[test]
fn a_program_wraps_inside_its_page() {
    let mut chip = chip();
    let outcome = program(&mut chip, 0x10fe, &[1, 2, 3, 4]);
    assert_eq!(outcome.changed, Some(0x1000..0x1100));
    assert_eq!(read(&mut chip, 0x10fe, 2), [1, 2]);
    assert_eq!(read(&mut chip, 0x1000, 3), [3, 4, 0xff]);
    assert_eq!(read(&mut chip, 0x1100, 2), [0xff, 0xff]);
}

#[test]
fn without_write_enable_nothing_changes() {
    let mut chip = chip();
    let write = FlashCommand {
        address: Some(0),
        data_out: vec![0],
        ..command(opcode::PP)
    };
    assert_eq!(chip.execute(&write).changed, None);
    assert_eq!(status(&mut chip, opcode::RDSR), 0);
    chip.execute(&command(opcode::WREN));
    assert_eq!(status(&mut chip, opcode::RDSR), WEL);
    chip.execute(&command(opcode::WRDI));
    assert_eq!(chip.execute(&write).changed, None);
    assert_eq!(read(&mut chip, 0, 1), [0xff]);
    assert_eq!(chip.programs(), 0);
}

#[test]
fn erases_align_to_their_unit_and_use_up_the_write_enable() {
    let mut chip = chip();
    for address in [0xfff, 0x1000, 0x2000, 0x8000, 0x1_0000] {
        program(&mut chip, address, &[0]);
    }
    assert_eq!(
        erase(&mut chip, opcode::SE, 0x1234).changed,
        Some(0x1000..0x2000)
    );
    assert_eq!(read(&mut chip, 0x1000, 1), [0xff]);
    assert_eq!(read(&mut chip, 0xfff, 1), [0]);
    assert_eq!(read(&mut chip, 0x2000, 1), [0]);
    assert_eq!(status(&mut chip, opcode::RDSR) & WEL, 0);
    erase(&mut chip, opcode::BE_32K, 0x2000);
    assert_eq!(read(&mut chip, 0x2000, 1), [0xff]);
    assert_eq!(read(&mut chip, 0x8000, 1), [0]);
    erase(&mut chip, opcode::BE_64K, 0x8000);
    assert_eq!(read(&mut chip, 0x8000, 1), [0xff]);
    assert_eq!(read(&mut chip, 0x1_0000, 1), [0]);
    assert_eq!(
        erase(&mut chip, opcode::CE, 0).changed,
        Some(0..SIZE as u32)
    );
    assert_eq!(read(&mut chip, 0x1_0000, 1), [0xff]);
    assert_eq!(chip.erases(), 4);
}

#[test]
fn status_registers_are_written_with_write_enable_only() {
    let mut chip = chip();
    let write = FlashCommand {
        data_out: vec![0x00, QE],
        ..command(opcode::WRSR)
    };
    chip.execute(&write);
    assert!(!chip.quad_enabled());
    chip.execute(&command(opcode::WREN));
    chip.execute(&write);
    assert_eq!(status(&mut chip, opcode::RDSR2), QE);
    chip.execute(&command(opcode::WREN_VOLATILE));
    chip.execute(&FlashCommand {
        data_out: vec![0],
        ..command(opcode::WRSR2)
    });
    assert!(!chip.quad_enabled());
}

#[test]
fn protected_areas_refuse_programs_and_erases() {
    let mut chip = chip();
    chip.execute(&command(opcode::WREN));
    // BP0: the top 64 KiB.
    chip.execute(&FlashCommand {
        data_out: vec![1 << BP_SHIFT],
        ..command(opcode::WRSR)
    });
    assert_eq!(program(&mut chip, 0x3f_0000, &[0]).changed, None);
    assert!(program(&mut chip, 0x3e_ff00, &[0]).changed.is_some());
    assert_eq!(erase(&mut chip, opcode::CE, 0).changed, None);
}

#[test]
fn unknown_commands_and_missing_addresses_are_told() {
    let mut chip = chip();
    assert!(chip.execute(&command(0x42)).unmodelled.is_some());
    assert!(chip.execute(&command(opcode::READ)).unmodelled.is_some());
    let quad = FlashCommand {
        address: Some(0),
        read_len: 4,
        ..command(opcode::READ_QUAD)
    };
    assert!(chip.execute(&quad).unmodelled.is_some());
}

#[test]
fn power_down_ignores_all_but_release_and_reset_needs_its_enable() {
    let mut chip = chip();
    chip.execute(&command(opcode::DP));
    assert_eq!(status(&mut chip, opcode::RDSR), 0xff);
    assert_eq!(status(&mut chip, opcode::RES), 0x15);
    chip.execute(&command(opcode::WREN));
    chip.execute(&command(opcode::RESET));
    assert_eq!(status(&mut chip, opcode::RDSR), WEL);
    chip.execute(&command(opcode::RESET_ENABLE));
    chip.execute(&command(opcode::RESET));
    assert_eq!(status(&mut chip, opcode::RDSR), 0);
}

#[test]
fn reads_wrap_at_the_end_and_sfdp_names_the_size() {
    let mut chip = chip();
    program(&mut chip, 0, &[0x12]);
    program(&mut chip, SIZE as u32 - 1, &[0x34]);
    assert_eq!(read(&mut chip, SIZE as u32 - 1, 2), [0x34, 0x12]);
    let table = chip.execute(&FlashCommand {
        address: Some(0),
        read_len: 0x54,
        ..command(opcode::RDSFDP)
    });
    assert_eq!(&table.data[..4], b"SFDP");
    assert_eq!(table.data[0x34..0x38], (SIZE as u32 * 8 - 1).to_le_bytes());
}
