/* What the chips with XTS-AES share, from the bases that the chip's header names: eFuses and the super watchdog.
   Source: ESP-IDF, components/soc/<chip>/register/soc/efuse_reg.h and rtc_cntl_reg.h. */
#pragma once

#include "registers.h"

#define CRYPT_COUNT_NAME "SPI_BOOT_CRYPT_CNT"

/* Blocks 0, 1 and 2 as software reads them. */
#define EFUSE_RD_REPEAT_DATA1 REG(EFUSE_BASE + 0x34)
#define EFUSE_RD_MAC_SPI_SYS_0 REG(EFUSE_BASE + 0x44)
#define EFUSE_RD_MAC_SPI_SYS_1 REG(EFUSE_BASE + 0x48)
#define EFUSE_RD_MAC_SPI_SYS_3 REG(EFUSE_BASE + 0x50)
#define EFUSE_RD_MAC_SPI_SYS_5 REG(EFUSE_BASE + 0x58)
#define EFUSE_RD_SYS_PART1_DATA4 REG(EFUSE_BASE + 0x6c)
#define EFUSE_SPI_BOOT_CRYPT_CNT(data1) (((data1) >> 18) & 7)
#define EFUSE_WAFER_VERSION_MINOR_LO(sys3) (((sys3) >> 18) & 7)
#define EFUSE_BLK_VERSION_MINOR(sys3) (((sys3) >> 24) & 7)
#define EFUSE_WAFER_VERSION_MINOR_HI(sys5) (((sys5) >> 23) & 1)
#define EFUSE_WAFER_VERSION_MAJOR(sys5) (((sys5) >> 24) & 3)
#define EFUSE_BLK_VERSION_MAJOR(data4) ((data4) & 3)

/* Fed by the hardware itself from here on; ESP-IDF's bootloader does the same (bootloader_super_wdt_auto_feed). */
#define RTC_CNTL_SWD_AUTO_FEED_EN (1u << 31)
/* components/esp_hal_wdt/<chip>/include/hal/rwdt_ll.h */
#define SWD_KEY 0x8f1d312a

static inline uint32_t efuse_mac_low(void)
{
    return EFUSE_RD_MAC_SPI_SYS_0;
}

static inline uint32_t efuse_mac_high(void)
{
    return EFUSE_RD_MAC_SPI_SYS_1;
}

static inline uint32_t efuse_crypt_count(void)
{
    return EFUSE_SPI_BOOT_CRYPT_CNT(EFUSE_RD_REPEAT_DATA1);
}

/* Source of the revision: ESP-IDF, components/hal/<chip>/include/hal/efuse_ll.h. */
static inline uint32_t wafer_major(void)
{
    return EFUSE_WAFER_VERSION_MAJOR(EFUSE_RD_MAC_SPI_SYS_5);
}

static inline uint32_t wafer_minor(void)
{
    return EFUSE_WAFER_VERSION_MINOR_HI(EFUSE_RD_MAC_SPI_SYS_5) << 3 |
           EFUSE_WAFER_VERSION_MINOR_LO(EFUSE_RD_MAC_SPI_SYS_3);
}

static inline void feed_super_watchdog(void)
{
    RTC_CNTL_SWD_WPROTECT = SWD_KEY;
    RTC_CNTL_SWD_CONF |= RTC_CNTL_SWD_AUTO_FEED_EN;
    RTC_CNTL_SWD_WPROTECT = 0;
}
