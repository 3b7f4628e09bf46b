/* Registers that lie alike in every chip of the family, from the bases that the chip's header names.
   Source of every value: ESP-IDF, components/soc/<chip>/register/soc. */
#pragma once

#include <stdint.h>

#define REG(address) (*(volatile uint32_t *)(address))

/* uart_reg.h */
#define UART0_FIFO REG(UART0_BASE)
#define UART0_STATUS REG(UART0_BASE + 0x1c)
/* The FIFO holds 128 bytes (soc_caps.h, SOC_UART_FIFO_LEN); the count may lag behind a write by a moment. */
#define UART_TXFIFO_CNT(status) (((status) >> 16) & 0xff)
#define UART_TXFIFO_LIMIT 126

/* timer_group_reg.h */
#define TIMG0_WDTCONFIG0 REG(TIMG0_BASE + 0x48)
#define TIMG0_WDTWPROTECT REG(TIMG0_BASE + 0x64)
#define TIMG1_WDTCONFIG0 REG(TIMG1_BASE + 0x48)
#define TIMG1_WDTWPROTECT REG(TIMG1_BASE + 0x64)
/* components/esp_hal_wdt/<chip>/include/hal: one key opens the watchdogs of the timer groups and of the RTC. */
#define WDT_KEY 0x50d83aa1
