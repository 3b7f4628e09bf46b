/* Entry from the mask ROM, and the way from this code's call0 ABI into functions of the windowed ABI and back.
   Source: Xtensa ISA reference manual, "Windowed Register Option", "PS register"; Xtensa windowed ABI, "Stack frame". */

/* PS: user vector mode (bit 5), interrupts of every level masked (bits 0-3), WOE (bit 18) clear: call0 code never
   rotates the window, and must raise no overflow exceptions for its plain use of a4..a15. */
#define PS_CALL0 0x2f
/* PS for windowed code: WOE set, no level masked (INTENABLE is zero instead), EXCM clear so that the ROM's overflow and
   underflow handlers work. */
#define PS_WINDOWED 0x40020

/* The assembler for lx106 knows no windowed instructions; their encodings, from the ISA manual. */
    .macro  read_windowbase_a4
    .byte   0x40, 72, 0x03          /* rsr.windowbase a4 */
    .endm
    .macro  write_windowstart_a5
    .byte   0x50, 73, 0x13          /* wsr.windowstart a5 */
    .endm
    .macro  callx8_a8
    .byte   0xe0, 0x08, 0x00        /* callx8 a8 */
    .endm

    .section .iram.text, "ax"
    .global _start
    .type _start, @function
    .align 4
_start:
    movi    a0, PS_CALL0
    wsr.ps  a0
    rsync
    movi    a1, _stack_top
    movi    a2, 0
    wsr.intenable a2

    /* No frame but this one is live: those of the ROM are never returned to, so nothing of them need be spilled. */
    read_windowbase_a4
    ssl     a4
    movi    a5, 1
    sll     a5, a5
    write_windowstart_a5
    rsync

    /* The ROM copies segments but clears nothing. */
    movi    a2, _bss_start
    movi    a3, _bss_end
    movi    a4, 0
1:  bgeu    a2, a3, 2f
    s32i    a4, a2, 0
    addi    a2, a2, 4
    j       1b

2:  movi    a2, boot
    callx0  a2
3:  j       3b
    .size _start, . - _start

/* uint32_t rom_call(uint32_t function, const uint32_t arguments[6])

   The frame, from the stack pointer up: a0, a12-a15 and PS; at 32 the area where an overflow handler saves a4-a7; above
   it the stack pointer of a caller that there is not. Below the stack pointer, at -12, handlers look for that pointer. */
    .global rom_call
    .type rom_call, @function
    .align 4
rom_call:
    addi    a1, a1, -64
    s32i    a0, a1, 0
    s32i    a12, a1, 4
    s32i    a13, a1, 8
    s32i    a14, a1, 12
    s32i    a15, a1, 16
    rsr.ps  a4
    s32i    a4, a1, 20
    addi    a4, a1, 64
    addi    a5, a1, -16
    s32i    a4, a5, 4

    mov     a8, a2
    l32i    a10, a3, 0
    l32i    a11, a3, 4
    l32i    a12, a3, 8
    l32i    a13, a3, 12
    l32i    a14, a3, 16
    l32i    a15, a3, 20
    movi    a4, PS_WINDOWED
    wsr.ps  a4
    rsync
    callx8_a8

    l32i    a4, a1, 20
    wsr.ps  a4
    rsync
    mov     a2, a10
    l32i    a0, a1, 0
    l32i    a12, a1, 4
    l32i    a13, a1, 8
    l32i    a14, a1, 12
    l32i    a15, a1, 16
    addi    a1, a1, 64
    ret
    .size rom_call, . - rom_call
