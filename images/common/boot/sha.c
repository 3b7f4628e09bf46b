/* SHA-256 in the accelerator, whose registers the chip's header names. Source: ESP-IDF,
   components/esp_hal_security/<chip>/include/hal/sha_ll.h. */

#include "boot.h"

#define BLOCK_WORDS 16

static uint32_t block[BLOCK_WORDS];
static uint32_t held;
static uint32_t total_words;

void sha256_begin(void)
{
    sha_enable();
    held = 0;
    total_words = 0;
}

static uint32_t swapped(uint32_t word)
{
    return word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
}

static void hash_block(void)
{
    sha_wait();
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        SHA_TEXT(i) = sha_order(block[i]);
    if (total_words == BLOCK_WORDS)
        sha_start();
    else
        sha_continue();
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
    sha_wait();
    sha_publish();
    for (unsigned i = 0; i < 8; i++)
        digest[i] = sha_order(SHA_DIGEST(i));
}
