/* The ESP32-S3 for a bootloader. Source of every value, unless another is named: ESP-IDF, components/soc/esp32s3. */
#pragma once

#include "../../../esp32s3-hello/chip.h"

/* components/bootloader_support/include/esp_app_format.h: esp_chip_id_t */
#define CHIP_ID 9

/* include/soc/soc.h; the end of an app's RAM: components/esp_system/ld/esp32s3/memory.ld.in */
#define DROM_LOW 0x3c000000u
#define DROM_HIGH 0x3e000000u
#define IROM_LOW 0x42000000u
#define IROM_HIGH 0x44000000u
#define DRAM_LOW 0x3fc88000u
#define IRAM_LOW 0x40370000u
#define IRAM_MINUS_DRAM 0x6f0000u
#define RAM_END 0x403cb700u
#define RTC_FAST_LOW 0x600fe000u
#define RTC_FAST_HIGH 0x60100000u

/* include/soc/ext_mem_defs.h */
#define MMU_ENTRIES 512u
#define MMU_INVALID (1u << 14)

/* register/soc/extmem_reg.h: a cache for each bus; bits of both cores */
#define DATA_BUS_CTRL1 REG(EXTMEM_BASE + 0x04)
#define DATA_BUS_SHUT 3u
#define CODE_BUS_CTRL1 REG(EXTMEM_BASE + 0x64)
#define CODE_BUS_SHUT 3u

/* register/soc/system_reg.h */
#define SYSTEM_PERIP_CLK_EN1 REG(0x600c001c)
#define SYSTEM_PERIP_RST_EN1 REG(0x600c0024)

/* register/soc/rtc_cntl_reg.h */
#define RTC_CNTL_WDTCONFIG1 REG(0x6000809c)
#define RTC_CNTL_WDTFEED REG(0x600080ac)
/* RTC_CNTL_STORE4_REG: where a bootloader leaves the crystal's frequency for the app, in MHz, twice
   (components/esp_rom/esp32s3/include/esp32s3/rom/rtc.h). */
#define RTC_XTAL_FREQ REG(0x600080c0)

#include "../later/chip.h"
