/* Entry of the app: leaves the windowed ABI of the bootloader behind and calls the C code, which runs from flash. */

/* PS: user vector mode (bit 5), interrupts of every level masked (bits 0-3), WOE (bit 18) clear.
   The bootloader enters with a call of the windowed ABI. Code compiled for the call0 ABI never rotates the window,
   and with WOE set its plain use of a4..a15 would raise overflow exceptions for frames of a caller that is never
   returned to. Source: Xtensa ISA reference manual, "Windowed Register Option" and "PS register". */
#define PS_CALL0 0x2f

    .section .iram.text, "ax"
    .global _start
    .type _start, @function
    .align 4
_start:
    movi    a0, PS_CALL0
    wsr.ps  a0
    rsync
    movi    a1, _stack_top

    /* The bootloader copies segments but clears nothing. */
    movi    a2, _bss_start
    movi    a3, _bss_end
    movi    a4, 0
1:  bgeu    a2, a3, 2f
    s32i    a4, a2, 0
    addi    a2, a2, 4
    j       1b

2:  movi    a2, app_main
    callx0  a2
3:  j       3b
    .size _start, . - _start
