/* Entry of the app: takes a stack of its own, clears its memory and calls the C code, which runs from flash. */

/* mstatus.MIE. Source: RISC-V privileged architecture, "Machine Status Register". */
#define MSTATUS_MIE 8

    /* Else the linker notes the name of a temporary file. */
    .file   "start.S"
    .section .iram.text, "ax"
    .global _start
    .type _start, @function
    .align 2
_start:
    csrci   mstatus, MSTATUS_MIE
    la      sp, _stack_top

    /* The bootloader copies segments but clears nothing. Cleared by an atomic instruction, so that an app that speaks has
       shown the A extension, which the chips before do not have. */
    la      a0, _bss_start
    la      a1, _bss_end
1:  bgeu    a0, a1, 2f
    amoswap.w zero, zero, (a0)
    addi    a0, a0, 4
    j       1b

2:  lui     t0, %hi(app_main)
    jalr    %lo(app_main)(t0)
3:  j       3b
    .size _start, . - _start
