/* Entry from the mask ROM, and the way into its functions. */

/* mstatus.MIE. Source: RISC-V privileged architecture, "Machine Status Register". */
#define MSTATUS_MIE 8

    /* Else the linker notes the name of a temporary file. */
    .file   "start-riscv.S"
    .section .iram.text, "ax"
    .global _start
    .type _start, @function
    .align 2
_start:
    csrci   mstatus, MSTATUS_MIE
    la      sp, _stack_top

    /* The ROM copies segments but clears nothing. */
    la      a0, _bss_start
    la      a1, _bss_end
1:  bgeu    a0, a1, 2f
    sw      zero, 0(a0)
    addi    a0, a0, 4
    j       1b

2:  call    boot
3:  j       3b
    .size _start, . - _start

/* uint32_t rom_call(uint32_t function, const uint32_t arguments[6]): the ABI is the ROM's own. */
    .global rom_call
    .type rom_call, @function
    .align 2
rom_call:
    mv      t0, a0
    mv      t1, a1
    lw      a0, 0(t1)
    lw      a1, 4(t1)
    lw      a2, 8(t1)
    lw      a3, 12(t1)
    lw      a4, 16(t1)
    lw      a5, 20(t1)
    jr      t0
    .size rom_call, . - rom_call
