//! What listings cannot show: completeness, lengths, positions that targets depend on.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Encodings that reach every entry of the opcode map: all values of op0, op1, op2, and of two of r, s, t at a time.
fn map_words() -> impl Iterator<Item = u32> {
    (0..1 << 20).flat_map(|high_and_two| {
        let (map, two) = (high_and_two & 0xf_00ff, high_and_two >> 8 & 0xff);
        let word = (map & 0xff) << 16 | map >> 16;
        [
            word | two << 4,
            word | two << 8,
            word | (two & 0xf) << 4 | two >> 4 << 12,
        ]
    })
}

#[test]
fn every_operation_is_produced() {
    const EMULATORS_OWN: [Op; 3] = [Op::Undecoded, Op::Straddle, Op::LoopEnd];
    let expected: BTreeSet<u8> = (0..=Op::Pie as u8)
        .filter(|&op| EMULATORS_OWN.iter().all(|&own| own as u8 != op))
        .collect();
    let produced: BTreeSet<u8> = map_words().map(|word| decode(word, 0).op as u8).collect();
    assert_eq!(produced, expected);
}

#[test]
fn targets_count_from_words_where_the_isa_says_so() {
    // CALL8 with offset 1 and L32R with the highest offset, at the four positions within a word.
    for (position, call, literal) in [(0, 8, 0u32), (1, 7, 3), (2, 6, 2), (3, 5, 1)] {
        let pc = 0x4008_0100 + position;
        assert_eq!(decode(0x00_0065, pc).imm, call);
        let literal = literal.wrapping_sub(4);
        assert_eq!(decode(0xff_ff21, pc).imm, literal);
    }
}

#[test]
fn density_forms_share_the_fields_of_wide_forms() {
    // addi.n a4, a3, -1 and addi a4, a3, -1; movi.n a5, -32 and movi a5, -32.
    for (narrow, wide) in [(0x43_0b, 0xff_c342), (0x05_6c, 0xe0_af52)] {
        let (narrow, wide) = (decode(narrow, 0), decode(wide, 0));
        assert_eq!(
            (narrow.op, narrow.t, narrow.imm),
            (wide.op, wide.t, wide.imm)
        );
        assert_eq!((narrow.len, wide.len), (2, 3));
    }
}

proptest! {
    #[test]
    fn lengths_follow_op0_and_only_low_bits_count(word: u32, pc: u32) {
        let insn = decode(word, pc);
        let narrow = (8..14).contains(&(word & 0xf));
        let long = word & 0xf >= 14;
        prop_assert_eq!(insn.len, if narrow { 2 } else if long { 4 } else { 3 });
        let significant = match insn.len {
            2 => word & 0xffff,
            3 => word & 0xff_ffff,
            _ => word,
        };
        let same = decode(significant, pc & 3);
        prop_assert_eq!((insn.op, insn.imm), (same.op, same.imm));
        prop_assert!(insn.r < 16 && insn.s < 16 && insn.t < 32);
    }
}
