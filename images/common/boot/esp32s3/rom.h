/* Functions of the mask ROM. They have the windowed ABI: only `rom_call` reaches them. Source of the addresses: ESP-IDF,
   components/esp_rom/esp32s3/ld. */
#pragma once

#define ROM_DELAY_US 0x40000600
#define ROM_SOFTWARE_RESET 0x400006d8
#define ROM_CACHE_DISABLE_ICACHE 0x4000186c
#define ROM_CACHE_ENABLE_ICACHE 0x40001878
#define ROM_CACHE_DISABLE_DCACHE 0x40001884
#define ROM_CACHE_ENABLE_DCACHE 0x40001890
#define ROM_MD5_INIT 0x40001c5c
#define ROM_MD5_UPDATE 0x40001c68
#define ROM_MD5_FINAL 0x40001c74
#define ROM_CRC32_LE 0x40001c98
#define ROM_SECURE_BOOT_VERIFY_SIGNATURE 0x40002148
#define ROM_SECURE_BOOT_READ_KEY_DIGESTS 0x40002154

#include "../rom-call.h"
