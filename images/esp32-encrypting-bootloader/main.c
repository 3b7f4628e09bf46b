/* cloneproof-boot: a second-stage bootloader that encrypts the flash on first boot, and then starts the app. */

#include "encrypt.h"

/* Kept out of the stack: the app's entry is called from here. */
static struct image app;

static void print_banner(void)
{
    uint32_t revision = chip_revision(), major = 0;
    for (; revision >= 100; revision -= 100)
        major++;
    INFO("esp32 v%u.%u, flash encryption %s (FLASH_CRYPT_CNT 0x%02x)", major, revision,
         flash_encryption_on() ? "on" : "off", flash_crypt_cnt());
}

/* Pairs of counter bits that are left, each a chance to flash plaintext and encrypt it again. */
static uint32_t plaintext_flashes_left(void)
{
    if (EFUSE_BLK0_WORD(0) & WORD0_WR_DIS_FLASH_CRYPT_CNT)
        return 0;
    return bits_set(~flash_crypt_cnt() & FLASH_CRYPT_CNT_MAX) / 2;
}

/* Secure boot is no matter of this bootloader. */
bool image_trust(uint32_t offset, uint32_t room, struct image *image)
{
    (void)room;
    return !image->hash_appended || image_hash_right(offset, image);
}

/* Called from the entry code. Does not return. */
_Noreturn void boot(void)
{
    watchdogs_init();
    print_banner();
    flash_init();
    flash_write_init();
    if (!partitions_load()) {
        ERROR("Failed to verify partition table");
        ERROR("load partition table error!");
        reset_chip();
    }
    if (!select_app(&app))
        reset_chip();
    INFO("Checking flash encryption...");
    if (flash_encryption_on()) {
        INFO("flash encryption is enabled (%u plaintext flashes left)", plaintext_flashes_left());
    } else {
        if (!encrypt_everything()) {
            ERROR("Encryption flash contents failed");
            reset_chip();
        }
        INFO("Resetting with flash encryption enabled...");
        reset_chip();
    }
    if (!image_load_ram(&app))
        reset_chip();
    INFO("Starting the app at 0x%x", app.entry);
    console_flush();
    image_start(&app);
}
