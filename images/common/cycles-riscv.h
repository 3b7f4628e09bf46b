/* The performance counter of Espressif's RV32 core. Source: ESP32-C3 technical reference manual, "ESP-RISC-V CPU",
   registers mpcer (0x7e0: what is counted), mpcmr (0x7e1: whether) and mpccr (0x7e2: how many). */
#pragma once

#include <stdint.h>

/* mpcer bit 0: clock cycles. mpcmr bit 0: counting; bit 1, which stops the counter at its end, is clear. */
static inline void start_cycles(void)
{
    __asm__ volatile("csrw 0x7e0, %0\n\tcsrw 0x7e1, %0" : : "r"(1));
}

static inline uint32_t cycles(void)
{
    uint32_t count;
    __asm__ volatile("csrr %0, 0x7e2" : "=r"(count));
    return count;
}
