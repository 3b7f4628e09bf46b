/* The ESP32 for the app: registers, eFuses and revision. Source of every value: ESP-IDF, components/soc/esp32/register/
   soc. */
#pragma once

#include "../common/cycles-xtensa.h"
#include "../common/registers.h"

#define CHIP_NAME "esp32"
#define CRYPT_COUNT_NAME "FLASH_CRYPT_CNT"

/* reg_base.h */
#define UART0_BASE 0x3ff40000
#define TIMG0_BASE 0x3ff5f000
#define TIMG1_BASE 0x3ff60000

/* efuse_reg.h: block 0 as software reads it */
#define EFUSE_BLK0_RDATA0 REG(0x3ff5a000)
#define EFUSE_BLK0_RDATA1 REG(0x3ff5a004)
#define EFUSE_BLK0_RDATA2 REG(0x3ff5a008)
#define EFUSE_BLK0_RDATA3 REG(0x3ff5a00c)
#define EFUSE_BLK0_RDATA5 REG(0x3ff5a014)
#define EFUSE_FLASH_CRYPT_CNT(rdata0) (((rdata0) >> 20) & 0x7f)
#define EFUSE_CHIP_VER_REV1(rdata3) (((rdata3) >> 15) & 1)
#define EFUSE_CHIP_VER_REV2(rdata5) (((rdata5) >> 20) & 1)
#define EFUSE_WAFER_VERSION_MINOR(rdata5) (((rdata5) >> 24) & 3)

/* apb_ctrl_reg.h: bit 31 of the design date tells silicon revision 3 */
#define APB_CTRL_DATE REG(0x3ff6607c)

/* rtc_cntl_reg.h */
#define RTC_CNTL_WDTCONFIG0 REG(0x3ff4808c)
#define RTC_CNTL_WDTWPROTECT REG(0x3ff480a4)

static inline uint32_t efuse_mac_low(void)
{
    return EFUSE_BLK0_RDATA1;
}

static inline uint32_t efuse_mac_high(void)
{
    return EFUSE_BLK0_RDATA2;
}

static inline uint32_t efuse_crypt_count(void)
{
    return EFUSE_FLASH_CRYPT_CNT(EFUSE_BLK0_RDATA0);
}

/* Source: ESP-IDF, components/hal/esp32/efuse_hal.c: three bits, each set with the next revision. */
static inline uint32_t major_revision(void)
{
    uint32_t bits = EFUSE_CHIP_VER_REV1(EFUSE_BLK0_RDATA3) | EFUSE_CHIP_VER_REV2(EFUSE_BLK0_RDATA5) << 1 |
                    (APB_CTRL_DATE >> 31) << 2;
    return bits == 7 ? 3 : bits == 3 ? 2 : bits == 1 ? 1 : 0;
}

static inline uint32_t minor_revision(void)
{
    return EFUSE_WAFER_VERSION_MINOR(EFUSE_BLK0_RDATA5);
}

/* The ESP32 has none. */
static inline void feed_super_watchdog(void)
{
}
