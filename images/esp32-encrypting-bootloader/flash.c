/* The flash, through the cache and through the ROM's SPI functions; and the flash MMU.
   Source: ESP-IDF, components/bootloader_support/bootloader_flash/src/bootloader_flash.c, src/esp32/bootloader_esp32.c. */

#include "boot.h"
#include "registers.h"
#include "rom.h"

/* Where the bootloader reads through the cache, a page at a time. */
#define READ_WINDOW 0x3f400000u
#define NO_PAGE 0xffffffffu
/* Page size of `cache_flash_mmu_set`, in KB. */
#define MMU_PAGE_KB 64
/* First word of the ROM's `g_rom_spiflash_chip`: what the flash chip answered to the read-id command. */
#define ROM_FLASH_CHIP_ID REG(0x3ffae270)
#define HEADER_SIZE_CODE(word) ((word) >> 28)

static uint32_t mapped_page = NO_PAGE;
static uint32_t chip_size;

static void cache_off(void)
{
    ROM(ROM_CACHE_READ_DISABLE, 0);
    ROM(ROM_CACHE_FLUSH, 0);
}

void flash_init(void)
{
    uint32_t header;
    cache_off();
    ROM(ROM_CACHE_READ_DISABLE, 1);
    ROM(ROM_CACHE_FLUSH, 1);
    ROM(ROM_MMU_INIT, 0);
    DPORT_APP_CACHE_CTRL1 |= DPORT_CACHE_MMU_IA_CLR;
    ROM(ROM_MMU_INIT, 1);
    DPORT_APP_CACHE_CTRL1 &= ~DPORT_CACHE_MMU_IA_CLR;
    DPORT_PRO_CACHE_CTRL1 &= ~DPORT_CACHE_MASK_DROM0;
    ROM(ROM_CACHE_READ_ENABLE, 0);

    flash_read(BOOTLOADER_OFFSET, &header, sizeof header);
    chip_size = 0x100000u << HEADER_SIZE_CODE(header);
    /* Else the ROM refuses what lies beyond the flash that it assumes. */
    ROM(ROM_SPI_PARAM_CFG, ROM_FLASH_CHIP_ID, chip_size, 0x10000, SECTOR_SIZE, 0x100, 0xffff);
}

uint32_t flash_size(void)
{
    return chip_size;
}

static void map_page(uint32_t page)
{
    if (page == mapped_page)
        return;
    cache_off();
    ROM(ROM_CACHE_FLASH_MMU_SET, 0, 0, READ_WINDOW, page, MMU_PAGE_KB, 1);
    ROM(ROM_CACHE_READ_ENABLE, 0);
    mapped_page = page;
}

void flash_read(uint32_t offset, void *to, uint32_t length)
{
    uint32_t *out = to;
    for (; length; length -= 4, offset += 4) {
        map_page(offset & ~(MMU_PAGE_SIZE - 1));
        *out++ = REG(READ_WINDOW + (offset & (MMU_PAGE_SIZE - 1)));
    }
}

/* While SPI1 works, SPI0 must not fetch for the cache; and what the cache holds may be old afterwards. */
static void cache_on(void)
{
    ROM(ROM_CACHE_READ_ENABLE, 0);
    mapped_page = NO_PAGE;
}

bool flash_read_raw(uint32_t offset, uint32_t *to, uint32_t length)
{
    cache_off();
    uint32_t error = ROM(ROM_SPI_READ, offset, ADDRESS(to), length);
    cache_on();
    return error == 0;
}

bool flash_erase_sector(uint32_t offset)
{
    cache_off();
    uint32_t error = ROM(ROM_SPI_ERASE_SECTOR, offset / SECTOR_SIZE);
    cache_on();
    return error == 0;
}

bool flash_write_encrypted(uint32_t offset, uint32_t *from, uint32_t length)
{
    cache_off();
    uint32_t error = ROM(ROM_SPI_ENCRYPT_WRITE, offset, ADDRESS(from), length);
    cache_on();
    return error == 0;
}

void flash_begin_mapping(void)
{
    cache_off();
    ROM(ROM_MMU_INIT, 0);
    DPORT_APP_CACHE_CTRL1 |= DPORT_CACHE_MMU_IA_CLR;
    ROM(ROM_MMU_INIT, 1);
    DPORT_APP_CACHE_CTRL1 &= ~DPORT_CACHE_MMU_IA_CLR;
    mapped_page = NO_PAGE;
}

/* For both cores: the app starts the second one with the tables as they are. */
void flash_map_for_app(uint32_t address, uint32_t offset, uint32_t length)
{
    uint32_t within = address & (MMU_PAGE_SIZE - 1);
    uint32_t pages = (within + length + MMU_PAGE_SIZE - 1) / MMU_PAGE_SIZE;
    for (uint32_t core = 0; core < 2; core++)
        ROM(ROM_CACHE_FLASH_MMU_SET, core, 0, address - within, offset - within, MMU_PAGE_KB, pages);
}

void flash_end_mapping(void)
{
    DPORT_PRO_CACHE_CTRL1 &= ~(DPORT_CACHE_MASK_IRAM0 | DPORT_CACHE_MASK_DROM0);
    DPORT_APP_CACHE_CTRL1 &= ~(DPORT_CACHE_MASK_IRAM0 | DPORT_CACHE_MASK_DROM0);
    ROM(ROM_CACHE_READ_ENABLE, 0);
}
