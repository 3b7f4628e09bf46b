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
    ];
    for (word, text) in expected {
        assert_eq!(decode(word).disasm(0x4200_0100).to_string(), text);
    }
}
