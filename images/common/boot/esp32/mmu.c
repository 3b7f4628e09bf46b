/* The flash cache of the ESP32 and its page tables, one for each core. Source: ESP-IDF,
   components/bootloader_support/src/esp32/bootloader_esp32.c. */

#include "boot.h"
#include "rom.h"

/* Page size of `cache_flash_mmu_set`, in KB. */
#define MMU_PAGE_KB 64

void cache_off(void)
{
    ROM(ROM_CACHE_READ_DISABLE, 0);
    ROM(ROM_CACHE_FLUSH, 0);
    ROM(ROM_CACHE_READ_DISABLE, 1);
    ROM(ROM_CACHE_FLUSH, 1);
}

/* The second core's stays off: the app starts that core. */
void cache_on(void)
{
    ROM(ROM_CACHE_READ_ENABLE, 0);
}

void mmu_clear(void)
{
    ROM(ROM_MMU_INIT, 0);
    DPORT_APP_CACHE_CTRL1 |= DPORT_CACHE_MMU_IA_CLR;
    ROM(ROM_MMU_INIT, 1);
    DPORT_APP_CACHE_CTRL1 &= ~DPORT_CACHE_MMU_IA_CLR;
}

/* For both cores: the app starts the second one with the tables as they are. */
void mmu_map(uint32_t address, uint32_t offset, uint32_t pages)
{
    for (uint32_t core = 0; core < 2; core++)
        ROM(ROM_CACHE_FLASH_MMU_SET, core, 0, address, offset, MMU_PAGE_KB, pages);
}

void cache_open_data(void)
{
    DPORT_PRO_CACHE_CTRL1 &= ~DPORT_CACHE_MASK_DROM0;
    DPORT_APP_CACHE_CTRL1 &= ~DPORT_CACHE_MASK_DROM0;
}

void cache_open_code(void)
{
    DPORT_PRO_CACHE_CTRL1 &= ~DPORT_CACHE_MASK_IRAM0;
    DPORT_APP_CACHE_CTRL1 &= ~DPORT_CACHE_MASK_IRAM0;
}
