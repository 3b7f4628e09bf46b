/* SHA-256 in the accelerator. Source: ESP-IDF, components/hal/esp32/include/hal/sha_ll.h. */

#include "boot.h"
#include "registers.h"

#define BLOCK_WORDS 16

static uint32_t block[BLOCK_WORDS];
static uint32_t held;
static uint32_t total_words;

void sha256_begin(void)
{
    DPORT_PERI_CLK_EN |= DPORT_PERI_EN_SHA;
    /* The reset of the secure boot block holds this one as well. */
    DPORT_PERI_RST_EN &= ~(DPORT_PERI_EN_SHA | DPORT_PERI_EN_SECUREBOOT);
    held = 0;
    total_words = 0;
}

static uint32_t swapped(uint32_t word)
{
    return word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
}

static void hash_block(void)
{
    while (SHA_256_BUSY) {
    }
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        SHA_TEXT(i) = swapped(block[i]);
    if (total_words == BLOCK_WORDS)
        SHA_256_START = 1;
    else
        SHA_256_CONTINUE = 1;
    held = 0;
}

static void feed_word(uint32_t word)
{
    block[held++] = word;
    total_words++;
    if (held == BLOCK_WORDS)
        hash_block();
}

void sha256_feed(const uint32_t *words, uint32_t count)
{
    while (count--)
        feed_word(*words++);
}

void sha256_end(uint32_t digest[8])
{
    uint32_t bits = total_words * 32;
    /* Padding, as it lies in memory: the byte 80, zeros, the length in bits, most significant byte first. */
    feed_word(0x80);
    while (held != BLOCK_WORDS - 1)
        feed_word(0);
    feed_word(swapped(bits));
    while (SHA_256_BUSY) {
    }
    SHA_256_LOAD = 1;
    while (SHA_256_BUSY) {
    }
    for (unsigned i = 0; i < 8; i++)
        digest[i] = swapped(SHA_TEXT(i));
}
