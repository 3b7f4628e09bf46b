/* The ESP32-C3 for a bootloader. Source of every value, unless another is named: ESP-IDF, components/soc/esp32c3. */
#pragma once

#include "../../../esp32c3-hello/chip.h"

/* components/bootloader_support/include/esp_app_format.h: esp_chip_id_t */
#define CHIP_ID 5

/* include/soc/soc.h; the end of an app's RAM: components/esp_system/ld/esp32c3/memory.ld.in */
#define DROM_LOW 0x3c000000u
#define DROM_HIGH 0x3c800000u
#define IROM_LOW 0x42000000u
#define IROM_HIGH 0x42800000u
#define DRAM_LOW 0x3fc80000u
#define IRAM_LOW 0x4037c000u
#define IRAM_MINUS_DRAM 0x700000u
#define RAM_END 0x403ce710u
/* It has but one RTC memory. */
#define RTC_FAST_LOW 0x50000000u
#define RTC_FAST_HIGH 0x50002000u

/* include/soc/ext_mem_defs.h */
#define MMU_ENTRIES 128u
#define MMU_INVALID (1u << 8)

/* register/soc/extmem_reg.h: one cache for both buses */
#define DATA_BUS_CTRL1 REG(EXTMEM_BASE + 0x04)
#define DATA_BUS_SHUT (1u << 1)
#define CODE_BUS_CTRL1 REG(EXTMEM_BASE + 0x04)
#define CODE_BUS_SHUT (1u << 0)

/* register/soc/system_reg.h */
#define SYSTEM_PERIP_CLK_EN1 REG(0x600c0014)
#define SYSTEM_PERIP_RST_EN1 REG(0x600c001c)

/* register/soc/rtc_cntl_reg.h */
#define RTC_CNTL_WDTCONFIG1 REG(0x60008094)
#define RTC_CNTL_WDTFEED REG(0x600080a4)
/* RTC_CNTL_STORE4_REG: where a bootloader leaves the crystal's frequency for the app, in MHz, twice
   (components/esp_rom/esp32c3/include/esp32c3/rom/rtc.h). */
#define RTC_XTAL_FREQ REG(0x600080b8)

#include "../later/chip.h"
