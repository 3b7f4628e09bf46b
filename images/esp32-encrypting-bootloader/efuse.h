/* eFuses as the encrypting bootloader reads and burns them. */
#pragma once

#include "boot.h"

#define EFUSE_BLOCKS 4
enum { CODING_NONE = 0, CODING_3_4 = 1 };
/* What shall be read afterwards: where blocks are 3/4-coded, six words of 1 to 3. */
struct efuse_burn {
    uint32_t block[EFUSE_BLOCKS][8];
};
uint32_t efuse_word(unsigned block, unsigned word);
uint32_t efuse_coding_scheme(void);
/* Burns the highest block first: block 0 holds the protections of the others. False where a fuse did not take. */
bool efuse_burn(const struct efuse_burn *burn);
