/* The flash cache of the chips with XTS-AES and its page table, which both buses and all cores share. Source: ESP-IDF,
   components/hal/<chip>/include/hal/cache_ll.h, mmu_ll.h. */

#include "boot.h"
#include "rom.h"

void mmu_clear(void)
{
    for (uint32_t entry = 0; entry < MMU_ENTRIES; entry++)
        MMU_TABLE(entry) = MMU_INVALID;
}

/* An entry is the number of the page in flash; code and constants have one range of entries. */
void mmu_map(uint32_t address, uint32_t offset, uint32_t pages)
{
    uint32_t entry = address / MMU_PAGE_SIZE % MMU_ENTRIES;
    uint32_t page = offset / MMU_PAGE_SIZE;
    for (; pages; pages--)
        MMU_TABLE(entry++ % MMU_ENTRIES) = page++;
}

/* The ROM's functions forget what the cache holds. */
void cache_off(void)
{
    ROM(ROM_CACHE_DISABLE_ICACHE, 0);
#ifdef ROM_CACHE_DISABLE_DCACHE
    ROM(ROM_CACHE_DISABLE_DCACHE, 0);
#endif
}

void cache_on(void)
{
    ROM(ROM_CACHE_ENABLE_ICACHE, 0);
#ifdef ROM_CACHE_ENABLE_DCACHE
    ROM(ROM_CACHE_ENABLE_DCACHE, 0);
#endif
}

void cache_open_data(void)
{
    DATA_BUS_CTRL1 &= ~DATA_BUS_SHUT;
}

void cache_open_code(void)
{
    CODE_BUS_CTRL1 &= ~CODE_BUS_SHUT;
}
