/* The flash through the ROM's SPI functions. While SPI1 works, SPI0 must not fetch for the cache.
   Source: ESP-IDF, components/bootloader_support/bootloader_flash/src/bootloader_flash.c. */

#include "encrypt.h"
#include "rom.h"

/* First word of the ROM's `g_rom_spiflash_chip`: what the flash chip answered to the read-id command. */
#define ROM_FLASH_CHIP_ID REG(0x3ffae270)

/* Else the ROM refuses what lies beyond the flash that it assumes. */
void flash_write_init(void)
{
    ROM(ROM_SPI_PARAM_CFG, ROM_FLASH_CHIP_ID, flash_size(), 0x10000, SECTOR_SIZE, 0x100, 0xffff);
}

bool flash_read_raw(uint32_t offset, uint32_t *to, uint32_t length)
{
    flash_suspend();
    uint32_t error = ROM(ROM_SPI_READ, offset, ADDRESS(to), length);
    flash_resume();
    return error == 0;
}

bool flash_erase_sector(uint32_t offset)
{
    flash_suspend();
    uint32_t error = ROM(ROM_SPI_ERASE_SECTOR, offset / SECTOR_SIZE);
    flash_resume();
    return error == 0;
}

bool flash_write_encrypted(uint32_t offset, uint32_t *from, uint32_t length)
{
    flash_suspend();
    uint32_t error = ROM(ROM_SPI_ENCRYPT_WRITE, offset, ADDRESS(from), length);
    flash_resume();
    return error == 0;
}
