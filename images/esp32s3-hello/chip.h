/* The ESP32-S3 for the app. Source of every value: ESP-IDF, components/soc/esp32s3/register/soc. */
#pragma once

/* reg_base.h */
#define UART0_BASE 0x60000000
#define TIMG0_BASE 0x6001f000
#define TIMG1_BASE 0x60020000
#define EFUSE_BASE 0x60007000

#include "../common/cycles-xtensa.h"

/* rtc_cntl_reg.h */
#define RTC_CNTL_WDTCONFIG0 REG(0x60008098)
#define RTC_CNTL_WDTWPROTECT REG(0x600080b0)
#define RTC_CNTL_SWD_CONF REG(0x600080b4)
#define RTC_CNTL_SWD_WPROTECT REG(0x600080b8)

#include "../common/xts-family.h"

#define CHIP_NAME "esp32s3"

/* Chips of revision 0.0 with block version 1.1 hold other things in the bits of the revision. Source: ESP-IDF,
   components/hal/esp32s3/efuse_hal.c, is_eco0. */
static inline int is_eco0(void)
{
    return (wafer_minor() & 7) == 0 && EFUSE_BLK_VERSION_MAJOR(EFUSE_RD_SYS_PART1_DATA4) == 1 &&
           EFUSE_BLK_VERSION_MINOR(EFUSE_RD_MAC_SPI_SYS_3) == 1;
}

static inline uint32_t major_revision(void)
{
    return is_eco0() ? 0 : wafer_major();
}

static inline uint32_t minor_revision(void)
{
    return is_eco0() ? 0 : wafer_minor();
}
