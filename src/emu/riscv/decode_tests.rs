//! Expansions of compressed instructions against the assembler's, reserved encodings, and what holds for all bits.

use proptest::prelude::*;

use super::*;

/// Compressed instructions and the ones that they stand for, as `riscv64-unknown-elf-as -march=rv32imc` assembles them.
const EXPANSIONS: [(u16, u32); 27] = [
    (0x0001, 0x0000_0013), // c.nop; nop
    (0x1161, 0xff81_0113), // c.addi sp, -8; addi sp, sp, -8
    (0x557d, 0xfff0_0513), // c.li a0, -1; li a0, -1
    (0x757d, 0xffff_f537), // c.lui a0, 0xfffff; lui a0, 0xfffff
    (0x7139, 0xfc01_0113), // c.addi16sp sp, -64; addi sp, sp, -64
    (0x617d, 0x1f01_0113), // c.addi16sp sp, 496; addi sp, sp, 496
    (0x0048, 0x0041_0513), // c.addi4spn a0, sp, 4; addi a0, sp, 4
    (0x1ff0, 0x3fc1_0613), // c.addi4spn a2, sp, 1020; addi a2, sp, 1020
    (0x057e, 0x01f5_1513), // c.slli a0, 31; slli a0, a0, 31
    (0x817d, 0x01f5_5513), // c.srli a0, 31; srli a0, a0, 31
    (0x8505, 0x4015_5513), // c.srai a0, 1; srai a0, a0, 1
    (0x9961, 0xff85_7513), // c.andi a0, -8; andi a0, a0, -8
    (0x8d0d, 0x40b5_0533), // c.sub a0, a1; sub a0, a0, a1
    (0x8d2d, 0x00b5_4533), // c.xor a0, a1; xor a0, a0, a1
    (0x8d4d, 0x00b5_6533), // c.or a0, a1; or a0, a0, a1
    (0x8d6d, 0x00b5_7533), // c.and a0, a1; and a0, a0, a1
    (0x852e, 0x00b0_0533), // c.mv a0, a1; add a0, zero, a1
    (0x952e, 0x00b5_0533), // c.add a0, a1; add a0, a0, a1
    (0x5de8, 0x07c5_a503), // c.lw a0, 124(a1); lw a0, 124(a1)
    (0xdde8, 0x06a5_ae23), // c.sw a0, 124(a1); sw a0, 124(a1)
    (0x557e, 0x0fc1_2503), // c.lwsp a0, 252(sp); lw a0, 252(sp)
    (0xdfaa, 0x0ea1_2e23), // c.swsp a0, 252(sp); sw a0, 252(sp)
    (0xb001, 0x801f_f06f), // c.j -2048; j -2048
    (0x2ffd, 0x7fe0_00ef), // c.jal +2046; jal ra, +2046
    (0xd101, 0xf005_00e3), // c.beqz a0, -256; beqz a0, -256
    (0xed7d, 0x0e05_1f63), // c.bnez a0, +254; bnez a0, +254
    (0x9002, 0x0010_0073), // c.ebreak; ebreak
];

#[test]
fn compressed_instructions_expand_as_the_assembler_says() {
    for (half, word) in EXPANSIONS {
        let (narrow, wide) = (decode(u32::from(half)), decode(word));
        let uses_rs2 = matches!(wide.op, Op::Sw | Op::Beq | Op::Bne) || narrow.rs2 != 0;
        assert_eq!(narrow.op, wide.op, "{half:#x}");
        assert_eq!(narrow.len, 2, "{half:#x}");
        if matches!(wide.op, Op::Sw | Op::Beq | Op::Bne) {
            assert_eq!((narrow.rs1, narrow.imm), (wide.rs1, wide.imm), "{half:#x}");
        } else if wide.op != Op::Ebreak {
            assert_eq!((narrow.rd, narrow.imm), (wide.rd, wide.imm), "{half:#x}");
        }
        if uses_rs2 {
            assert_eq!((narrow.rs1, narrow.rs2), (wide.rs1, wide.rs2), "{half:#x}");
        }
    }
}

#[test]
fn jumps_through_registers_tell_link_and_target() {
    let (jr, jalr) = (decode(0x8582), decode(0x9582));
    assert_eq!((jr.op, jr.rd, jr.rs1, jr.imm), (Op::Jalr, 0, 11, 0));
    assert_eq!((jalr.op, jalr.rd, jalr.rs1, jalr.imm), (Op::Jalr, 1, 11, 0));
}

#[test]
fn reserved_encodings_are_illegal() {
    let illegal = [
        0x0000,      // all zeros
        0x0004,      // c.addi4spn with offset 0
        0x6081,      // c.lui ra, 0
        0x6101,      // c.addi16sp 0
        0x1502,      // c.slli with bit 5 of the amount
        0x9101,      // c.srli with bit 5 of the amount
        0x9d0d,      // c.subw of RV64
        0x4002,      // c.lwsp x0
        0x8002,      // c.jr x0
        0x6000,      // c.flw
        0xe000,      // c.fsw
        0x2000,      // c.fld
        0x0000_000b, // custom-0
        0x0000_302f, // AMO of RV64
        0x1015_a52f, // lr.w with a second source register
        0x2805_a52f, // AMO with an unknown function
        0x0000_0007, // floating-point load
        0x0200_1013, // slli with bit 5 of the amount
        0x0000_3003, // ld
        0x0000_1067, // jalr with funct3 1
        0x1020_0073, // sret
        0x7b20_0073, // dret
        0xffff_ffff,
    ];
    for word in illegal {
        let insn = decode(word);
        assert_eq!((insn.op, insn.imm), (Op::Illegal, word), "{word:#x}");
    }
}

proptest! {
    #[test]
    fn every_word_decodes_to_registers_that_exist(word: u32) {
        let insn = decode(word);
        prop_assert_eq!(insn.len, if word & 3 == 3 { 4 } else { 2 });
        prop_assert!(insn.rd < 32 && insn.rs1 < 32 && insn.rs2 < 32);
        prop_assert!(!matches!(insn.op, Op::Undecoded | Op::Straddle | Op::Nothing));
        prop_assert!(!insn.disasm(word).to_string().is_empty());
        if insn.len == 2 {
            prop_assert_eq!(insn, decode(word & 0xffff));
        }
    }

    #[test]
    fn targets_are_even(word: u32) {
        let insn = decode(word);
        if matches!(insn.op, Op::Jal | Op::Beq | Op::Bne | Op::Blt | Op::Bge | Op::Bltu | Op::Bgeu) {
            prop_assert_eq!(insn.imm & 1, 0);
        }
    }
}

#[test]
fn every_compressed_instruction_decodes() {
    for half in 0..=u16::MAX {
        let insn = compressed::decode(half);
        assert_eq!(insn.len, 2);
        assert!(!insn.disasm(0).to_string().is_empty());
    }
}

#[test]
fn a_core_without_the_a_extension_has_no_atomic_instructions() {
    // lr.w a0, (a1); sc.w a0, a2, (a1); amoadd.w a0, a1, (a2); amomaxu.w.aqrl a0, a1, (a2).
    for word in [0x1005_a52f, 0x18c5_a52f, 0x00b6_252f, 0xe6b6_252f] {
        let without = decode_for(Extensions::default(), word);
        assert_eq!((without.op, without.imm), (Op::Illegal, word), "{word:#x}");
        let with = decode_for(Extensions::ESP32C6, word);
        assert_ne!(with.op, Op::Illegal, "{word:#x}");
    }
    let add = decode_for(Extensions::default(), 0x00b5_0533);
    assert_eq!(add.op, Op::Add);
}
