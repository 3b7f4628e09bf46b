/* Functions of the mask ROM, the same in every revision. Source of the addresses: ESP-IDF, components/esp_rom/esp32c3/ld. */
#pragma once

#define ROM_DELAY_US 0x40000050
#define ROM_SOFTWARE_RESET 0x40000090
#define ROM_CACHE_DISABLE_ICACHE 0x4000051c
#define ROM_CACHE_ENABLE_ICACHE 0x40000520
#define ROM_MD5_INIT 0x40000614
#define ROM_MD5_UPDATE 0x40000618
#define ROM_MD5_FINAL 0x4000061c
#define ROM_CRC32_LE 0x40000628
#define ROM_SECURE_BOOT_VERIFY_SIGNATURE 0x40000758
#define ROM_SECURE_BOOT_READ_KEY_DIGESTS 0x4000075c

#include "../rom-call.h"
