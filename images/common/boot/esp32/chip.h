/* The ESP32 for a bootloader: constants and registers behind names that the chips share. */
#pragma once

#include "../../cycles-xtensa.h"
#include "registers.h"

#define CHIP_NAME "esp32"
#define CRYPT_COUNT_NAME "FLASH_CRYPT_CNT"
/* components/bootloader_support/include/esp_app_format.h: esp_chip_id_t */
#define CHIP_ID 0
#define BOOTLOADER_OFFSET 0x1000u
/* Where the bootloader reads through the cache. */
#define READ_WINDOW 0x3f400000u
/* The ROM leaves the CPU on the crystal, which nearly every board has with 40 MHz. */
#define CPU_MHZ 40u

/* 9 s of the 150 kHz slow clock: CONFIG_BOOTLOADER_WDT_TIME_MS of ESP-IDF's default configuration. */
#define WATCHDOG_TICKS (9u * 150000u)

static inline void feed_super_watchdog(void)
{
}

/* components/esp_hal_security/esp32/include/hal/sha_ll.h. Words most significant byte first. */
#define SHA_DIGEST(word) SHA_TEXT(word)

static inline uint32_t sha_order(uint32_t word)
{
    return word << 24 | (word & 0xff00) << 8 | (word >> 8 & 0xff00) | word >> 24;
}

static inline void sha_enable(void)
{
    DPORT_PERI_CLK_EN |= DPORT_PERI_EN_SHA;
    /* The reset of the secure boot block holds this one as well. */
    DPORT_PERI_RST_EN &= ~(DPORT_PERI_EN_SHA | DPORT_PERI_EN_SECUREBOOT);
}

static inline void sha_wait(void)
{
    while (SHA_256_BUSY) {
    }
}

static inline void sha_start(void)
{
    SHA_256_START = 1;
}

static inline void sha_continue(void)
{
    SHA_256_CONTINUE = 1;
}

static inline void sha_publish(void)
{
    SHA_256_LOAD = 1;
    sha_wait();
}
