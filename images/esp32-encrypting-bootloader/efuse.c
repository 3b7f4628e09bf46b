/* Burning eFuses. Source: ESP-IDF, components/efuse/esp32/esp_efuse_utility.c, components/hal/esp32/efuse_hal.c. */

#include "efuse.h"

static const uint16_t read_offset[EFUSE_BLOCKS] = {0x00, 0x38, 0x58, 0x78};
static const uint16_t write_offset[EFUSE_BLOCKS] = {0x1c, 0x98, 0xb8, 0xd8};

static unsigned words_of(unsigned block)
{
    return block == 0 ? 7 : 8;
}

uint32_t efuse_word(unsigned block, unsigned word)
{
    return REG(EFUSE_BASE + read_offset[block] + 4 * word);
}

uint32_t efuse_coding_scheme(void)
{
    return efuse_word(0, 6) & WORD6_CODING_SCHEME;
}

static void command(uint32_t operation, uint32_t bit)
{
    EFUSE_CONF = operation;
    EFUSE_CMD = bit;
    while (EFUSE_CMD) {
    }
}

static void clear_write_registers(void)
{
    for (unsigned block = 0; block < EFUSE_BLOCKS; block++) {
        for (unsigned word = 0; word < words_of(block); word++)
            REG(EFUSE_BASE + write_offset[block] + 4 * word) = 0;
    }
}

/* For an APB clock of 40 MHz, that of the crystal (efuse_hal.c, efuse_hal_set_timing). */
static void set_timing(void)
{
    EFUSE_DAC_CONF = (EFUSE_DAC_CONF & ~0xffu) | 80;
    EFUSE_CLK = (EFUSE_CLK & ~0xffffu) | 255 << 8 | 160;
}

static bool took(unsigned block, const uint32_t words[8])
{
    for (unsigned word = 0; word < words_of(block); word++) {
        if ((efuse_word(block, word) & words[word]) != words[word])
            return false;
    }
    return true;
}

/* 3/4 coding: behind each six bytes their XOR, and the sum of their numbers of set bits, weighted by position
   (esp_efuse_utility.c, esp_efuse_utility_apply_34_encoding). */
static void encode(const uint32_t payload[6], uint32_t words[8])
{
    const uint8_t *in = (const uint8_t *)payload;
    uint8_t *out = (uint8_t *)words;
    for (unsigned unit = 0; unit < 4; unit++, in += 6, out += 8) {
        out[6] = out[7] = 0;
        for (unsigned i = 0; i < 6; i++) {
            out[i] = in[i];
            out[6] ^= in[i];
            for (unsigned weight = 0; weight <= i; weight++)
                out[7] += (uint8_t)bits_set(in[i]);
        }
    }
}

static void burn_block(unsigned block, const uint32_t payload[8])
{
    uint32_t words[8], any = 0;
    if (block != 0 && efuse_coding_scheme() == CODING_3_4)
        encode(payload, words);
    else
        memcpy(words, payload, sizeof words);
    for (unsigned word = 0; word < words_of(block); word++)
        any |= words[word];
    if (!any)
        return;
    clear_write_registers();
    for (unsigned word = 0; word < words_of(block); word++)
        REG(EFUSE_BASE + write_offset[block] + 4 * word) = words[word];
    INFO("BURN BLOCK%u", block);
    command(EFUSE_OP_PROGRAM, EFUSE_CMD_PROGRAM);
    clear_write_registers();
    command(EFUSE_OP_READ, EFUSE_CMD_READ);
}

bool efuse_burn(const struct efuse_burn *burn)
{
    set_timing();
    for (int block = EFUSE_BLOCKS - 1; block >= 0; block--) {
        burn_block((unsigned)block, burn->block[block]);
        if (!took((unsigned)block, burn->block[block])) {
            ERROR("Written data are incorrect");
            return false;
        }
    }
    return true;
}
