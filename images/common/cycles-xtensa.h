/* The cycle counter of an Xtensa core, which counts from reset on. Source: Xtensa ISA reference manual, "CCOUNT". */
#pragma once

#include <stdint.h>

static inline void start_cycles(void)
{
}

static inline uint32_t cycles(void)
{
    uint32_t count;
    __asm__ volatile("rsr.ccount %0" : "=a"(count));
    return count;
}
