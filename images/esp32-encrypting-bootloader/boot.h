/* What the parts of the bootloader offer each other. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SECTOR_SIZE 0x1000u
#define MMU_PAGE_SIZE 0x10000u
#define BOOTLOADER_OFFSET 0x1000u
#define PARTITION_TABLE_OFFSET 0x8000u
/* ESP-IDF, components/bootloader_support/include/esp_flash_partitions.h: ESP_PARTITION_TABLE_MAX_LEN */
#define PARTITION_TABLE_BYTES 0xc00u

/* Nearly every board has this crystal. */
#define CRYSTAL_MHZ 40u

/* console.c: one line in the form of ESP-IDF's log, `level (milliseconds) cloneproof-boot: ...`, on UART0.
   Conversions: %s, %u, %x, %02x. */
void log_line(char level, const char *format, ...);
/* Waits until everything is sent. */
void console_flush(void);
#define INFO(...) log_line('I', __VA_ARGS__)
#define ERROR(...) log_line('E', __VA_ARGS__)

/* system.c */
uint32_t cycles(void);
void watchdogs_init(void);
void watchdog_feed(void);
_Noreturn void reset_chip(void);
uint32_t bits_set(uint32_t word);
uint32_t divide(uint32_t n, uint32_t by, uint32_t *rest);
void *memcpy(void *restrict to, const void *restrict from, unsigned length);
bool bytes_equal(const void *a, const void *b, uint32_t length);

/* efuse.c */
#define EFUSE_BLOCKS 4
enum { CODING_NONE = 0, CODING_3_4 = 1 };
/* What shall be read afterwards: where blocks are 3/4-coded, six words of 1 to 3. */
struct efuse_burn {
    uint32_t block[EFUSE_BLOCKS][8];
};
uint32_t efuse_word(unsigned block, unsigned word);
uint32_t efuse_coding_scheme(void);
uint32_t flash_crypt_cnt(void);
bool flash_encryption_on(void);
uint32_t chip_revision(void);
/* Burns the highest block first: block 0 holds the protections of the others. False where a fuse did not take. */
bool efuse_burn(const struct efuse_burn *burn);

/* flash.c; offsets and lengths in bytes, multiples of four */
void flash_init(void);
uint32_t flash_size(void);
/* As the cache shows it: decrypted where encryption is on. */
void flash_read(uint32_t offset, void *to, uint32_t length);
/* What lies in the chip. */
bool flash_read_raw(uint32_t offset, uint32_t *to, uint32_t length);
bool flash_erase_sector(uint32_t offset);
bool flash_write_encrypted(uint32_t offset, uint32_t *from, uint32_t length);
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
    struct segment segments[MAX_SEGMENTS];
};
/* Reads and verifies the image at `offset` that may have `room` bytes. */
bool image_verify(uint32_t offset, uint32_t room, struct image *image);
bool image_load_ram(const struct image *image);
_Noreturn void image_start(const struct image *image);

/* select.c: the app that otadata, or its absence, chooses; verified. False where no app can be started. */
bool select_app(struct image *image);

/* encrypt.c: first boot. False where it cannot go on; what is done stays done. */
bool encrypt_everything(void);
