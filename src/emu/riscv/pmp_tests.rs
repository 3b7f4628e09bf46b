//! Matching, priorities and what is remembered by page.

use proptest::prelude::*;

use super::access::*;
use super::*;

const NAPOT: u8 = 3 << 3;

fn pmp(entries: &[(u8, u32)], machine: bool) -> Pmp {
    let mut pmp = Pmp::default();
    for (n, &(_, address)) in entries.iter().enumerate() {
        pmp.set_address(n, address);
    }
    for (n, &(config, _)) in entries.iter().enumerate() {
        let shift = n % 4 * 8;
        pmp.set_config(n / 4, pmp.config(n / 4) | u32::from(config) << shift);
    }
    pmp.set_machine(machine);
    pmp
}

#[test]
fn power_of_two_regions_from_eight_bytes_to_everything() {
    let eight = pmp(&[(NAPOT | READ as u8, 0x1000 >> 2)], false);
    assert!(eight.check(0x1004, 4, READ));
    assert!(!eight.check(0x1008, 4, READ));
    assert!(!eight.check(0x0ffc, 4, READ));
    let all = pmp(&[(NAPOT | ALL as u8, u32::MAX)], false);
    assert!(all.check(0, 4, EXECUTE) && all.check(u32::MAX - 3, 4, WRITE));
}

#[test]
fn the_first_entry_that_matches_decides() {
    let entries = [
        (FOUR_BYTES | READ as u8, 0x1000 >> 2),
        (NAPOT | ALL as u8, 0x1000 >> 2 | 0x1ff),
    ];
    let pmp = pmp(&entries, false);
    assert!(!pmp.check(0x1000, 4, WRITE));
    assert!(pmp.check(0x1004, 4, WRITE));
    assert!(!pmp.check(0x1002, 4, READ), "only partly in the first");
}

#[test]
fn what_no_entry_matches_is_for_machine_mode() {
    assert!(!pmp(&[], false).check(0x8000, 4, READ));
    assert!(pmp(&[], true).check(0x8000, 4, WRITE));
    assert!(!pmp(&[(FOUR_BYTES, 0)], false).check(0x8000, 4, WRITE));
    assert!(pmp(&[(FOUR_BYTES, 0)], true).check(0, 4, WRITE));
    assert!(!pmp(&[(FOUR_BYTES | LOCKED, 0)], true).check(0, 4, WRITE));
}

proptest! {
    /// The remembered pages never say more than the rule.
    #[test]
    fn what_is_remembered_agrees_with_the_rule(
        entries in prop::collection::vec((any::<u8>(), 0u32..0x1800), 0..8),
        accesses in prop::collection::vec((0u32..0x6000, 0u32..3, 0u32..3), 1..64),
        machine: bool,
    ) {
        let mut pmp = pmp(&entries, machine);
        for (address, size, access) in accesses {
            let (size, access) = (1 << size, 1 << access);
            let expected = pmp.check(address, size, access);
            let known = pmp.allows(address, size, access);
            prop_assert!(!known || expected);
            prop_assert_eq!(pmp.permits(address, size, access), expected);
        }
    }
}
