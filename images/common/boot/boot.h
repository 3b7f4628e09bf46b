/* What the parts of a bootloader offer each other, and what they want of the chip. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "chip.h"

#define SECTOR_SIZE 0x1000u
#define MMU_PAGE_SIZE 0x10000u
/* The bootloader and its signature sector end before it on every chip. */
#define PARTITION_TABLE_OFFSET 0x8000u
/* ESP-IDF, components/bootloader_support/include/esp_flash_partitions.h: ESP_PARTITION_TABLE_MAX_LEN */
#define PARTITION_TABLE_BYTES 0xc00u

/* console.c: one line in the form of ESP-IDF's log, `level (milliseconds) cloneproof-boot: ...`, on UART0.
   Conversions: %s, %u, %x, %02x. */
void log_line(char level, const char *format, ...);
/* Waits until everything is sent. */
void console_flush(void);
#define INFO(...) log_line('I', __VA_ARGS__)
#define ERROR(...) log_line('E', __VA_ARGS__)

/* system.c */
void watchdogs_init(void);
void watchdog_feed(void);
_Noreturn void reset_chip(void);
uint32_t bits_set(uint32_t word);
uint32_t divide(uint32_t n, uint32_t by, uint32_t *rest);
void *memcpy(void *restrict to, const void *restrict from, unsigned length);
bool bytes_equal(const void *a, const void *b, uint32_t length);

/* chip.c of each chip */
/* 100 times the major plus the minor version. */
uint32_t chip_revision(void);
uint32_t flash_crypt_cnt(void);
/* The cache decrypts while the counter has an odd number of bits. */
bool flash_encryption_on(void);
/* Secure boot v2: the ROM verified this bootloader, and the bootloader must verify the app. */
bool secure_boot_on(void);
/* Whether an app may have a segment there: in mapped flash, in RAM that no bootloader uses. */
bool chip_maps(uint32_t address, uint32_t length);
bool chip_loads(uint32_t address, uint32_t length);
/* The last thing before the app starts. */
void chip_hand_over(void);
/* What the linker gave the bootloader itself. */
extern char _memory_start[], _memory_end[];
#define OWN_MEMORY ((uint32_t)(uintptr_t)_memory_start)
#define OWN_MEMORY_END ((uint32_t)(uintptr_t)_memory_end)
static inline bool within(uint32_t address, uint32_t length, uint32_t low, uint32_t high)
{
    return address >= low && address <= high && length <= high - address;
}

/* mmu.c of each chip: the flash cache and its page table */
void cache_off(void);
void cache_on(void);
void mmu_clear(void);
void mmu_map(uint32_t address, uint32_t offset, uint32_t pages);
/* Opens the address ranges of mapped flash, for constants or for code too. */
void cache_open_data(void);
void cache_open_code(void);

/* flash.c: the flash as the cache shows it, decrypted where encryption is on; offsets and lengths in bytes, multiples of
   four */
void flash_init(void);
uint32_t flash_size(void);
void flash_read(uint32_t offset, void *to, uint32_t length);
/* What the cache shows may be old after another master of the flash worked. */
void flash_suspend(void);
void flash_resume(void);
void flash_map_for_app(uint32_t address, uint32_t offset, uint32_t length);
void flash_begin_mapping(void);
void flash_end_mapping(void);

/* sha.c: the accelerator; words as they lie in memory */
void sha256_begin(void);
void sha256_feed(const uint32_t *words, uint32_t count);
void sha256_end(uint32_t digest[8]);

/* partition.c */
enum { TYPE_APP = 0, TYPE_DATA = 1 };
enum { APP_FACTORY = 0x00, APP_OTA_0 = 0x10, APP_TEST = 0x20, DATA_OTA = 0x00, DATA_NVS_KEYS = 0x04 };
#define PARTITION_FLAG_ENCRYPTED 1u
#define MAX_PARTITIONS (PARTITION_TABLE_BYTES / 32)
struct partition {
    uint16_t magic;
    uint8_t type;
    uint8_t subtype;
    uint32_t offset;
    uint32_t size;
    char label[16];
    uint32_t flags;
};
_Static_assert(sizeof(struct partition) == 32, "a row of the table has 32 bytes");
extern struct partition partitions[MAX_PARTITIONS];
extern unsigned partition_count;
bool partitions_load(void);

/* image.c */
#define MAX_SEGMENTS 16
struct segment {
    uint32_t address;
    uint32_t length;
    uint32_t offset;
};
struct image {
    uint32_t entry;
    uint32_t length;
    unsigned count;
    bool hash_appended;
    struct segment segments[MAX_SEGMENTS];
};
#define HASH_BYTES 32
/* Reads and verifies the image at `offset` that may have `room` bytes. */
bool image_verify(uint32_t offset, uint32_t room, struct image *image);
/* Part of `image_verify`, for `image_trust`: takes `length` bytes at `offset` into the hash. */
void image_feed(uint32_t offset, uint32_t length);
/* Likewise: compares the hash of what was fed with the appended one. */
bool image_hash_right(uint32_t offset, struct image *image);
bool image_load_ram(const struct image *image);
_Noreturn void image_start(const struct image *image);

/* select.c: the app that otadata, or its absence, chooses; verified. False where no app can be started. */
bool select_app(struct image *image);

/* Of each bootloader: what it demands of an image beyond its checksum. Called with the image, up to that checksum, fed into
   the hash. False where the image may not start. */
bool image_trust(uint32_t offset, uint32_t room, struct image *image);
