/* What a bootloader asks the ESP32 about itself: eFuses, memory map. */

#include "boot.h"

uint32_t flash_crypt_cnt(void)
{
    return EFUSE_BLK0_WORD(0) >> WORD0_FLASH_CRYPT_CNT_SHIFT & FLASH_CRYPT_CNT_MAX;
}

bool flash_encryption_on(void)
{
    return bits_set(flash_crypt_cnt()) % 2;
}

/* Source: ESP-IDF, components/hal/esp32/efuse_hal.c: three bits, each set with the next revision. */
uint32_t chip_revision(void)
{
    uint32_t bits = (EFUSE_BLK0_WORD(3) >> WORD3_CHIP_VER_REV1_SHIFT & 1) |
                    (EFUSE_BLK0_WORD(5) >> WORD5_CHIP_VER_REV2_SHIFT & 1) << 1 | (APB_CTRL_DATE >> 31) << 2;
    uint32_t minor = EFUSE_BLK0_WORD(5) >> WORD5_WAFER_VERSION_MINOR_SHIFT & 3;
    return (bits == 7 ? 300 : bits == 3 ? 200 : bits == 1 ? 100 : 0) + minor;
}

/* Version 2 came with revision 3. */
bool secure_boot_on(void)
{
    return chip_revision() >= 300 && EFUSE_BLK0_WORD(6) & WORD6_ABS_DONE_1;
}

/* components/soc/esp32/include/soc/soc.h: SOC_DROM_LOW, SOC_IROM_LOW and their ends */
bool chip_maps(uint32_t address, uint32_t length)
{
    return within(address, length, 0x3f400000, 0x3f800000) || within(address, length, 0x400d0000, 0x40400000);
}

/* SOC_DRAM without the bootloader's own, SOC_IRAM with SRAM 1 behind it, RTC memories. */
bool chip_loads(uint32_t address, uint32_t length)
{
    return within(address, length, 0x3ffae000, OWN_MEMORY) || within(address, length, OWN_MEMORY_END, 0x40000000) ||
           within(address, length, 0x40080000, 0x400aa000) || within(address, length, 0x400c0000, 0x400c2000) ||
           within(address, length, 0x3ff80000, 0x3ff82000) || within(address, length, 0x50000000, 0x50002000);
}

void chip_hand_over(void)
{
    RTC_XTAL_FREQ = CPU_MHZ | CPU_MHZ << 16;
}
