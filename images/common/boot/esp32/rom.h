/* Functions and data of the mask ROM, the same in rev 0 and rev 300 where nothing else is said. They have the windowed
   ABI: only `rom_call` reaches them. Source of the addresses: ESP-IDF, components/esp_rom/esp32/ld; the symbol tables of
   the ROM ELFs. */
#pragma once

#define ROM_SOFTWARE_RESET 0x4000824c
#define ROM_DELAY_US 0x40008534
#define ROM_MMU_INIT 0x400095a4
#define ROM_CACHE_FLASH_MMU_SET 0x400095e0
#define ROM_CACHE_FLUSH 0x40009a14
#define ROM_CACHE_READ_ENABLE 0x40009a84
#define ROM_CACHE_READ_DISABLE 0x40009ab8
#define ROM_CRC32_LE 0x4005cfec
#define ROM_MD5_INIT 0x4005da7c
#define ROM_MD5_UPDATE 0x4005da9c
#define ROM_MD5_FINAL 0x4005db1c
#define ROM_SPI_ERASE_SECTOR 0x40062ccc
#define ROM_SPI_ENCRYPT_WRITE 0x40062e78
#define ROM_SPI_READ 0x40062ed8
#define ROM_SPI_PARAM_CFG 0x40063238
/* In rev 300 alone. */
#define ROM_SECURE_BOOT_VERIFY_SIGNATURE 0x4006543c

#include "../rom-call.h"
