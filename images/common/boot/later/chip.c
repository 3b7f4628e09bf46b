/* What a bootloader asks a chip with XTS-AES about itself: eFuses, memory map. */

#include "boot.h"
#include "rom.h"

uint32_t flash_crypt_cnt(void)
{
    return efuse_crypt_count();
}

bool flash_encryption_on(void)
{
    return bits_set(flash_crypt_cnt()) % 2;
}

uint32_t chip_revision(void)
{
    return major_revision() * 100 + minor_revision();
}

bool secure_boot_on(void)
{
    return EFUSE_RD_REPEAT_DATA2 & EFUSE_SECURE_BOOT_EN;
}

bool chip_maps(uint32_t address, uint32_t length)
{
    return within(address, length, DROM_LOW, DROM_HIGH) || within(address, length, IROM_LOW, IROM_HIGH);
}

/* The RAM that both buses see, up to where the bootloaders begin; RTC memories. */
bool chip_loads(uint32_t address, uint32_t length)
{
    return within(address, length, DRAM_LOW, RAM_END - IRAM_MINUS_DRAM) || within(address, length, IRAM_LOW, RAM_END) ||
           within(address, length, 0x50000000, 0x50002000) || within(address, length, RTC_FAST_LOW, RTC_FAST_HIGH);
}

void chip_hand_over(void)
{
    RTC_XTAL_FREQ = CRYSTAL_MHZ | CRYSTAL_MHZ << 16;
}
