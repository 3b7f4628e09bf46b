/* The ESP32-C6 for the app. Source of every value: ESP-IDF, components/soc/esp32c6/register/soc. */
#pragma once

/* reg_base.h */
#define UART0_BASE 0x60000000
#define TIMG0_BASE 0x60008000
#define TIMG1_BASE 0x60009000
#define EFUSE_BASE 0x600b0800
#define LP_WDT_BASE 0x600b1c00

#include "../common/cycles-riscv.h"
#include "../common/registers.h"

/* lp_wdt_reg.h: the watchdog that the chips before have in their RTC. */
#define RTC_CNTL_WDTCONFIG0 REG(LP_WDT_BASE + 0x00)
#define RTC_CNTL_WDTWPROTECT REG(LP_WDT_BASE + 0x18)
#define LP_WDT_SWD_CONFIG REG(LP_WDT_BASE + 0x1c)
#define LP_WDT_SWD_WPROTECT REG(LP_WDT_BASE + 0x20)
#define LP_WDT_SWD_AUTO_FEED_EN (1u << 18)
/* components/esp_hal_wdt/esp32c6/include/hal/lpwdt_ll.h: one key for both. */
#define SWD_KEY 0x50d83aa1

/* efuse_reg.h */
#define EFUSE_RD_REPEAT_DATA1 REG(EFUSE_BASE + 0x34)
#define EFUSE_RD_MAC_SPI_SYS_0 REG(EFUSE_BASE + 0x44)
#define EFUSE_RD_MAC_SPI_SYS_1 REG(EFUSE_BASE + 0x48)
#define EFUSE_RD_MAC_SPI_SYS_3 REG(EFUSE_BASE + 0x50)
#define EFUSE_SPI_BOOT_CRYPT_CNT(data1) (((data1) >> 18) & 7)
#define EFUSE_WAFER_VERSION_MINOR(sys3) (((sys3) >> 18) & 15)
#define EFUSE_WAFER_VERSION_MAJOR(sys3) (((sys3) >> 22) & 3)

#define CHIP_NAME "esp32c6"
#define CRYPT_COUNT_NAME "SPI_BOOT_CRYPT_CNT"

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

static inline uint32_t major_revision(void)
{
    return EFUSE_WAFER_VERSION_MAJOR(EFUSE_RD_MAC_SPI_SYS_3);
}

static inline uint32_t minor_revision(void)
{
    return EFUSE_WAFER_VERSION_MINOR(EFUSE_RD_MAC_SPI_SYS_3);
}

/* Fed by the hardware itself from here on, as ESP-IDF's bootloader does it (bootloader_super_wdt_auto_feed). */
static inline void feed_super_watchdog(void)
{
    LP_WDT_SWD_WPROTECT = SWD_KEY;
    LP_WDT_SWD_CONFIG |= LP_WDT_SWD_AUTO_FEED_EN;
    LP_WDT_SWD_WPROTECT = 0;
}
