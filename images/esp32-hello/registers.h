/* Registers of the ESP32 that the app touches. Source of every value: ESP-IDF, components/soc/esp32/register/soc. */
#pragma once

#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

/* uart_reg.h, reg_base.h */
#define UART0_FIFO REG(0x3ff40000)
#define UART0_STATUS REG(0x3ff4001c)
#define UART_TXFIFO_CNT(status) (((status) >> 16) & 0xff)
/* The FIFO holds 128 bytes (soc_caps.h, SOC_UART_FIFO_LEN); the count may lag behind a write by a moment. */
#define UART_TXFIFO_LIMIT 126

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

/* rtc_cntl_reg.h and timer_group_reg.h */
#define RTC_CNTL_WDTCONFIG0 REG(0x3ff4808c)
#define RTC_CNTL_WDTWPROTECT REG(0x3ff480a4)
#define TIMG0_WDTCONFIG0 REG(0x3ff5f048)
#define TIMG0_WDTWPROTECT REG(0x3ff5f064)
#define TIMG1_WDTCONFIG0 REG(0x3ff60048)
#define TIMG1_WDTWPROTECT REG(0x3ff60064)
/* components/esp_hal_wdt/esp32/include/hal: the same key opens all three */
#define WDT_KEY 0x50d83aa1
