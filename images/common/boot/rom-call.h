/* Calls into the mask ROM. */
#pragma once

#include <stdint.h>

/* Calls a function with up to six arguments; on Xtensa one of the windowed ABI (start-xtensa.S), which this code has not. */
uint32_t rom_call(uint32_t function, const uint32_t arguments[6]);

#define ROM(function, ...) rom_call(function, (const uint32_t[6]){__VA_ARGS__})
#define ADDRESS(pointer) ((uint32_t)(uintptr_t)(pointer))
