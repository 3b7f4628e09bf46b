/* What the encrypting bootloader's own parts offer each other. */
#pragma once

#include "boot.h"

/* flash-write.c: the flash past the cache; offsets and lengths in bytes, multiples of four */
void flash_write_init(void);
/* What lies in the chip. */
bool flash_read_raw(uint32_t offset, uint32_t *to, uint32_t length);
bool flash_erase_sector(uint32_t offset);
bool flash_write_encrypted(uint32_t offset, uint32_t *from, uint32_t length);

/* encrypt.c: first boot. False where it cannot go on; what is done stays done. */
bool encrypt_everything(void);
