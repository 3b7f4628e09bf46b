/* The flash through the cache, a page at a time. Source: ESP-IDF, components/bootloader_support/bootloader_flash/src/
   bootloader_flash.c, src/<chip>/bootloader_<chip>.c. */

#include "boot.h"

#define NO_PAGE 0xffffffffu
#define HEADER_SIZE_CODE(word) ((word) >> 28)

static uint32_t mapped_page = NO_PAGE;
static uint32_t chip_size;

void flash_init(void)
{
    uint32_t header;
    cache_off();
    mmu_clear();
    cache_open_data();
    cache_on();
    flash_read(BOOTLOADER_OFFSET, &header, sizeof header);
    chip_size = 0x100000u << HEADER_SIZE_CODE(header);
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
    mmu_map(READ_WINDOW, page, 1);
    cache_on();
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

void flash_suspend(void)
{
    cache_off();
}

void flash_resume(void)
{
    cache_on();
    mapped_page = NO_PAGE;
}

void flash_begin_mapping(void)
{
    cache_off();
    mmu_clear();
    mapped_page = NO_PAGE;
}

void flash_map_for_app(uint32_t address, uint32_t offset, uint32_t length)
{
    uint32_t within_page = address & (MMU_PAGE_SIZE - 1);
    uint32_t pages = (within_page + length + MMU_PAGE_SIZE - 1) / MMU_PAGE_SIZE;
    mmu_map(address - within_page, offset - within_page, pages);
}

void flash_end_mapping(void)
{
    cache_open_data();
    cache_open_code();
    cache_on();
}
