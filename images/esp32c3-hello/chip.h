/* The ESP32-C3 for the app. Source of every value: ESP-IDF, components/soc/esp32c3/register/soc. */
#pragma once

/* reg_base.h */
#define UART0_BASE 0x60000000
#define TIMG0_BASE 0x6001f000
#define TIMG1_BASE 0x60020000
#define EFUSE_BASE 0x60008800

#include "../common/cycles-riscv.h"

/* rtc_cntl_reg.h */
#define RTC_CNTL_WDTCONFIG0 REG(0x60008090)
#define RTC_CNTL_WDTWPROTECT REG(0x600080a8)
#define RTC_CNTL_SWD_CONF REG(0x600080ac)
#define RTC_CNTL_SWD_WPROTECT REG(0x600080b0)

#include "../common/xts-family.h"

#define CHIP_NAME "esp32c3"

static inline uint32_t major_revision(void)
{
    return wafer_major();
}

static inline uint32_t minor_revision(void)
{
    return wafer_minor();
}
