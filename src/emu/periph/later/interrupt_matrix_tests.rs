//! Tests of the interrupt matrix.

use super::*;
use crate::emu::soc::chips::{esp32c3, esp32s3};

const UART0: usize = 21;
const SYSTIMER0: usize = 37;

fn levels(sources: &[usize]) -> [u32; SOURCE_WORDS] {
    let mut levels = [0; SOURCE_WORDS];
    for source in sources {
        levels[source / 32] |= 1 << (source % 32);
    }
    levels
}

/// Sources 21 on interrupt 5, 37 on interrupt 9, both enabled, with these priorities.
fn matrix(priorities: [u32; 2]) -> InterruptMatrix {
    let mut matrix = InterruptMatrix::new(&esp32c3::interrupts::MATRIX);
    matrix.write(UART0 as u32 * 4, 5, 0);
    matrix.write(SYSTIMER0 as u32 * 4, 9, 0);
    matrix.write(CPU_INT_ENABLE, 1 << 5 | 1 << 9, 0);
    matrix.write(CPU_INT_PRI_0 + 20, priorities[0], 0);
    matrix.write(CPU_INT_PRI_0 + 36, priorities[1], 0);
    matrix
}

#[test]
fn the_highest_priority_wins_and_the_lowest_number_among_equals() {
    let mut equal = matrix([3, 3]);
    let mut higher = matrix([3, 4]);
    for it in [&mut equal, &mut higher] {
        assert_eq!(it.winner(), 0);
        it.set_source_levels(levels(&[UART0, SYSTIMER0]));
    }
    assert_eq!(equal.winner(), 1 << 5);
    assert_eq!(higher.winner(), 1 << 9);
    assert_eq!(higher.read(CPU_INT_EIP_STATUS, 0).value, 1 << 5 | 1 << 9);
    assert_eq!(higher.read(0xfc, 0).value, 1 << 5);
}

#[test]
fn the_threshold_lets_its_own_priority_pass() {
    let mut matrix = matrix([3, 4]);
    matrix.set_source_levels(levels(&[UART0]));
    matrix.write(CPU_INT_THRESH, 3, 0);
    assert_eq!(matrix.winner(), 1 << 5);
    matrix.write(CPU_INT_THRESH, 4, 0);
    assert_eq!(matrix.winner(), 0);
    matrix.write(CPU_INT_THRESH, 0, 0);
    matrix.write(CPU_INT_ENABLE, 0, 0);
    assert_eq!(matrix.winner(), 0);
}

#[test]
fn an_edge_stays_pending_until_it_is_cleared() {
    let mut matrix = matrix([1, 1]);
    matrix.write(CPU_INT_TYPE, 1 << 5, 0);
    matrix.set_source_levels(levels(&[UART0]));
    matrix.set_source_levels(levels(&[]));
    assert_eq!(matrix.winner(), 1 << 5);
    matrix.write(CPU_INT_CLEAR, 1 << 5, 0);
    matrix.write(CPU_INT_CLEAR, 0, 0);
    assert_eq!(matrix.winner(), 0);
    // A level that is up already is no edge.
    matrix.set_source_levels(levels(&[UART0]));
    matrix.write(CPU_INT_CLEAR, 1 << 5, 0);
    matrix.set_source_levels(levels(&[UART0]));
    assert_eq!(matrix.winner(), 0);
}

#[test]
fn interrupt_0_never_wins() {
    let mut matrix = InterruptMatrix::new(&esp32c3::interrupts::MATRIX);
    matrix.write(CPU_INT_ENABLE, u32::MAX, 0);
    matrix.set_source_levels(levels(&[UART0]));
    assert_eq!(matrix.lines(0), 1);
    assert_eq!(matrix.winner(), 0);
}

#[test]
fn the_esp32s3_maps_for_two_cores() {
    let mut matrix = InterruptMatrix::new(&esp32s3::interrupts::MATRIX);
    assert_eq!(matrix.int_map(1, 98), 16);
    assert_eq!(matrix.int_map(0, 200), 16);
    matrix.write(98 * 4, 3, 0);
    matrix.write(0x800 + 98 * 4, 0x2c, 0);
    assert_eq!((matrix.int_map(0, 98), matrix.int_map(1, 98)), (3, 12));
    assert_eq!(matrix.read(0x800 + 98 * 4, 0), RegRead::modelled(12));
    matrix.set_source_levels(levels(&[98]));
    assert_eq!((matrix.lines(0), matrix.lines(1)), (1 << 3, 1 << 12));
    assert_eq!(matrix.read(0x198, 0), RegRead::modelled(4));
    assert_eq!(matrix.read(0x998, 0), RegRead::modelled(4));
    assert_eq!(matrix.read(0x99c, 0), RegRead::modelled(1));
    assert_eq!(matrix.winner(), 0);
    matrix.reset(0);
    assert_eq!(matrix.int_map(0, 98), 16);
}
