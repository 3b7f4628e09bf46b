/* Watchdogs, reset, and what a C library would give. */

#include "boot.h"
#include "rom.h"

/* The ROM starts both watchdogs in flash boot mode. As ESP-IDF does (bootloader_init.c, bootloader_config_wdt), that of
   timer group 0 goes off, and that of the RTC guards the bootloader and the start of the app. */
void watchdogs_init(void)
{
    RTC_CNTL_WDTWPROTECT = WDT_KEY;
    RTC_CNTL_WDTCONFIG0 = 0;
    RTC_CNTL_WDTCONFIG1 = WATCHDOG_TICKS;
    RTC_CNTL_WDTFEED = RTC_CNTL_WDT_FEED;
    RTC_CNTL_WDTCONFIG0 = RTC_CNTL_WDT_EN | RTC_CNTL_WDT_STG0_RESET_RTC | RTC_CNTL_WDT_CPU_RESET_LENGTH_MAX |
                          RTC_CNTL_WDT_SYS_RESET_LENGTH_MAX;
    RTC_CNTL_WDTWPROTECT = 0;
    TIMG0_WDTWPROTECT = WDT_KEY;
    TIMG0_WDTCONFIG0 = 0;
    TIMG0_WDTWPROTECT = 0;
    feed_super_watchdog();
}

void watchdog_feed(void)
{
    RTC_CNTL_WDTWPROTECT = WDT_KEY;
    RTC_CNTL_WDTFEED = RTC_CNTL_WDT_FEED;
    RTC_CNTL_WDTWPROTECT = 0;
}

_Noreturn void reset_chip(void)
{
    console_flush();
    /* bootloader_common_loader.c, bootloader_reset: time for the last byte to leave the UART. */
    ROM(ROM_DELAY_US, 1000);
    ROM(ROM_SOFTWARE_RESET, 0);
    for (;;) {
    }
}

/* Shift and subtract: the bootloader is linked without any library, and the core's divider is unknown to the compiler. */
uint32_t divide(uint32_t n, uint32_t by, uint32_t *rest)
{
    uint32_t quotient = 0, remainder = 0;
    for (int bit = 31; bit >= 0; bit--) {
        remainder = remainder << 1 | (n >> bit & 1);
        if (remainder >= by) {
            remainder -= by;
            quotient |= 1u << bit;
        }
    }
    *rest = remainder;
    return quotient;
}

uint32_t bits_set(uint32_t word)
{
    uint32_t count = 0;
    for (; word; word &= word - 1)
        count++;
    return count;
}

bool bytes_equal(const void *a, const void *b, uint32_t length)
{
    const uint8_t *left = a, *right = b;
    for (uint32_t i = 0; i < length; i++) {
        if (left[i] != right[i])
            return false;
    }
    return true;
}

/* The compiler calls these for copies and clearings of its own. */
void *memcpy(void *restrict to, const void *restrict from, unsigned length)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    while (length--)
        *out++ = *in++;
    return to;
}

void *memset(void *to, int byte, unsigned length)
{
    uint8_t *out = to;
    while (length--)
        *out++ = (uint8_t)byte;
    return to;
}
