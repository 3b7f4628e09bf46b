/* Registers of the ESP32 that the bootloaders touch. Source of every value, unless another is named: ESP-IDF,
   components/soc/esp32/register/soc. */
#pragma once

#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

/* uart_reg.h, reg_base.h. The FIFO holds 128 bytes (soc_caps.h); the count may lag behind a write by a moment. */
#define UART0_FIFO REG(0x3ff40000)
#define UART0_STATUS REG(0x3ff4001c)
#define UART_TXFIFO_CNT(status) (((status) >> 16) & 0xff)
#define UART_TXFIFO_LIMIT 126
/* State of the transmitter: 0 where nothing is being sent. */
#define UART_ST_UTX_OUT ((UART0_STATUS >> 24) & 0xf)

/* efuse_reg.h: read and programming registers of each block, and the controller */
#define EFUSE_BASE 0x3ff5a000
#define EFUSE_BLK0_WORD(word) REG(EFUSE_BASE + 4 * (word))
#define EFUSE_BLK2_WORD(word) REG(EFUSE_BASE + 0x58 + 4 * (word))
#define EFUSE_CLK REG(EFUSE_BASE + 0xf8)
#define EFUSE_CONF REG(EFUSE_BASE + 0xfc)
#define EFUSE_CMD REG(EFUSE_BASE + 0x104)
#define EFUSE_DAC_CONF REG(EFUSE_BASE + 0x118)
#define EFUSE_OP_READ 0x5aa5
#define EFUSE_OP_PROGRAM 0x5a5a
#define EFUSE_CMD_READ 1
#define EFUSE_CMD_PROGRAM 2

/* Fuses of block 0: word and bit (components/efuse/esp32/esp_efuse_table.csv). */
#define WORD0_WR_DIS_RD_DIS (1u << 0)
#define WORD0_WR_DIS_FLASH_CRYPT_CNT (1u << 2)
#define WORD0_WR_DIS_DIS_CACHE (1u << 3)
#define WORD0_WR_DIS_BLK1 (1u << 7)
#define WORD0_RD_DIS_BLK1 (1u << 16)
#define WORD0_FLASH_CRYPT_CNT_SHIFT 20
#define FLASH_CRYPT_CNT_MAX 0x7fu
#define WORD3_CHIP_VER_REV1_SHIFT 15
#define WORD5_CHIP_VER_REV2_SHIFT 20
#define WORD5_WAFER_VERSION_MINOR_SHIFT 24
#define WORD5_FLASH_CRYPT_CONFIG_SHIFT 28
#define WORD6_CODING_SCHEME 3u
#define WORD6_CONSOLE_DEBUG_DISABLE (1u << 2)
#define WORD6_ABS_DONE_1 (1u << 5)
#define WORD6_JTAG_DISABLE (1u << 6)
#define WORD6_DISABLE_DL_ENCRYPT (1u << 7)
#define WORD6_DISABLE_DL_DECRYPT (1u << 8)
#define WORD6_DISABLE_DL_CACHE (1u << 9)

/* apb_ctrl_reg.h: bit 31 of the design date tells silicon revision 3 */
#define APB_CTRL_DATE REG(0x3ff6607c)

/* wdev_reg.h of the ESP32 */
#define WDEV_RND REG(0x3ff75144)

/* dport_reg.h */
#define DPORT_PERI_CLK_EN REG(0x3ff0001c)
#define DPORT_PERI_RST_EN REG(0x3ff00020)
#define DPORT_PERI_EN_SHA (1u << 1)
#define DPORT_PERI_EN_SECUREBOOT (1u << 3)
#define DPORT_PRO_CACHE_CTRL1 REG(0x3ff00044)
#define DPORT_APP_CACHE_CTRL1 REG(0x3ff0005c)
#define DPORT_CACHE_MASK_IRAM0 (1u << 0)
#define DPORT_CACHE_MASK_DROM0 (1u << 4)
#define DPORT_CACHE_MMU_IA_CLR (1u << 13)

/* hwcrypto_reg.h */
#define SHA_TEXT(word) REG(0x3ff03000 + 4 * (word))
#define SHA_256_START REG(0x3ff03090)
#define SHA_256_CONTINUE REG(0x3ff03094)
#define SHA_256_LOAD REG(0x3ff03098)
#define SHA_256_BUSY REG(0x3ff0309c)

/* rtc_cntl_reg.h and timer_group_reg.h; the key: components/esp_hal_wdt/esp32/include/hal */
#define RTC_CNTL_WDTCONFIG0 REG(0x3ff4808c)
#define RTC_CNTL_WDTCONFIG1 REG(0x3ff48090)
#define RTC_CNTL_WDTFEED REG(0x3ff480a0)
#define RTC_CNTL_WDTWPROTECT REG(0x3ff480a4)
/* Where a bootloader leaves the crystal's frequency for the app, in MHz, twice (components/esp_hw_support/port/esp32/
   rtc_clk.c, rtc_clk_xtal_freq_update). */
#define RTC_XTAL_FREQ REG(0x3ff480b0)
#define RTC_CNTL_WDT_EN (1u << 31)
#define RTC_CNTL_WDT_STG0_RESET_RTC (4u << 28)
#define RTC_CNTL_WDT_CPU_RESET_LENGTH_MAX (7u << 14)
#define RTC_CNTL_WDT_SYS_RESET_LENGTH_MAX (7u << 11)
#define RTC_CNTL_WDT_FEED (1u << 31)
#define TIMG0_WDTCONFIG0 REG(0x3ff5f048)
#define TIMG0_WDTWPROTECT REG(0x3ff5f064)
#define WDT_KEY 0x50d83aa1
