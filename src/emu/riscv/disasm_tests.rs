//! The text of forms that a listing seldom has.

use crate::emu::riscv::decode::decode;

#[test]
fn text_reads_as_objdump_writes_it() {
    let expected = [
        (0x0000_0013, "nop"),
        (0xff01_0113, "addi sp, sp, -16"),
        (0x0000_8067, "ret"),
        (0x0005_0067, "jr a0"),
        (0x0045_00e7, "jalr 4(a0)"),
        (0x0000_0073, "ecall"),
        (0x3420_2573, "csrr a0, mcause"),
        (0x7e20_2573, "csrr a0, mpccr"),
        (0x3b35_1073, "csrw pmpaddr3, a0"),
        (0x3004_7073, "csrci mstatus, 8"),
        (0x5c02_2573, "csrrs a0, 0x5c0, tp"),
        (0x0330_000f, "fence rw, rw"),
        (0xffff_ffff, ".4byte 0xffffffff"),
        (0xfe05_0ee3, "beqz a0, 0x420000fc"),
        (0x0000_0000, "unimp"),
        (0x1005_a52f, "lr.w a0, (a1)"),
        (0x1601_2faf, "lr.w.aqrl t6, (sp)"),
        (0x18c5_a52f, "sc.w a0, a2, (a1)"),
        (0x1a54_202f, "sc.w.rl zero, t0, (s0)"),
        (0x0cb6_252f, "amoswap.w.aq a0, a1, (a2)"),
        (0x00b6_252f, "amoadd.w a0, a1, (a2)"),
        (0x20b6_252f, "amoxor.w a0, a1, (a2)"),
        (0x60b6_252f, "amoand.w a0, a1, (a2)"),
        (0x40b6_252f, "amoor.w a0, a1, (a2)"),
        (0x80b6_252f, "amomin.w a0, a1, (a2)"),
        (0xa0b6_252f, "amomax.w a0, a1, (a2)"),
        (0xc0b6_252f, "amominu.w a0, a1, (a2)"),
        (0xe6b6_252f, "amomaxu.w.aqrl a0, a1, (a2)"),
    ];
    for (word, text) in expected {
        assert_eq!(decode(word).disasm(0x4200_0100).to_string(), text);
    }
}
