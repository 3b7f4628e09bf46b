/* What the chips with XTS-AES share for a bootloader, from the bases that the chip's header names. Source of every value:
   ESP-IDF, components/soc/<chip>/register/soc. */
#pragma once

#include "../../xts-family.h"

#define BOOTLOADER_OFFSET 0u
#define READ_WINDOW 0x3c000000u
#define CRYSTAL_MHZ 40u
/* The ROM leaves the CPU on half the crystal (system_reg.h, SYSTEM_PRE_DIV_CNT). */
#define CPU_MHZ (CRYSTAL_MHZ / 2)

/* uart_reg.h: state of the transmitter, 0 where nothing is being sent */
#define UART_ST_UTX_OUT ((REG(UART0_BASE + 0x6c) >> 4) & 0xf)

/* efuse_reg.h */
#define EFUSE_RD_REPEAT_DATA2 REG(EFUSE_BASE + 0x38)
#define EFUSE_SECURE_BOOT_EN (1u << 20)
#define EFUSE_WDT_DELAY_SEL(data1) (((data1) >> 16) & 3)

/* rtc_cntl_reg.h */
#define RTC_CNTL_WDT_EN (1u << 31)
#define RTC_CNTL_WDT_STG0_RESET_RTC (4u << 28)
#define RTC_CNTL_WDT_CPU_RESET_LENGTH_MAX (7u << 16)
#define RTC_CNTL_WDT_SYS_RESET_LENGTH_MAX (7u << 13)
#define RTC_CNTL_WDT_FEED (1u << 31)
/* 9 s of the 136 kHz slow clock (CONFIG_BOOTLOADER_WDT_TIME_MS of ESP-IDF's default configuration), in the steps that
   eFuses choose (components/esp_hal_wdt/<chip>/include/hal/rwdt_ll.h, rwdt_ll_config_stage). */
#define WATCHDOG_TICKS (9u * 136000u >> (1 + EFUSE_WDT_DELAY_SEL(EFUSE_RD_REPEAT_DATA1)))

/* extmem_reg.h */
#define EXTMEM_BASE 0x600c4000
#define MMU_TABLE(entry) REG(0x600c5000 + 4 * (entry))

/* hwcrypto_reg.h; words in memory order */
#define SHA_BASE 0x6003b000
#define SHA_MODE REG(SHA_BASE + 0x00)
#define SHA_START REG(SHA_BASE + 0x10)
#define SHA_CONTINUE REG(SHA_BASE + 0x14)
#define SHA_BUSY REG(SHA_BASE + 0x18)
#define SHA_DIGEST(word) REG(SHA_BASE + 0x40 + 4 * (word))
#define SHA_TEXT(word) REG(SHA_BASE + 0x80 + 4 * (word))
#define SHA_MODE_SHA256 2
/* system_reg.h: SHA, DS and HMAC, any of whose resets holds the SHA unit */
#define SYSTEM_CRYPTO_SHA (1u << 2)
#define SYSTEM_CRYPTO_DS (1u << 4)
#define SYSTEM_CRYPTO_HMAC (1u << 5)

static inline uint32_t sha_order(uint32_t word)
{
    return word;
}

static inline void sha_enable(void)
{
    SYSTEM_PERIP_CLK_EN1 |= SYSTEM_CRYPTO_SHA;
    SYSTEM_PERIP_RST_EN1 &= ~(SYSTEM_CRYPTO_SHA | SYSTEM_CRYPTO_DS | SYSTEM_CRYPTO_HMAC);
    SHA_MODE = SHA_MODE_SHA256;
}

static inline void sha_wait(void)
{
    while (SHA_BUSY) {
    }
}

static inline void sha_start(void)
{
    SHA_START = 1;
}

static inline void sha_continue(void)
{
    SHA_CONTINUE = 1;
}

static inline void sha_publish(void)
{
}
