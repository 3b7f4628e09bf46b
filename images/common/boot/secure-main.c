/* cloneproof-boot, secure: a second-stage bootloader that starts only a signed app where secure boot v2 is on. */

#include "boot.h"

/* Kept out of the stack: the app's entry is called from here. */
static struct image app;

static void print_banner(void)
{
    uint32_t minor, major = divide(chip_revision(), 100, &minor);
    INFO(CHIP_NAME " v%u.%u, secure boot %s, flash encryption %s (" CRYPT_COUNT_NAME " 0x%02x)", major, minor,
         secure_boot_on() ? "on" : "off", flash_encryption_on() ? "on" : "off", flash_crypt_cnt());
}

/* Called from the entry code. Does not return. */
_Noreturn void boot(void)
{
    start_cycles();
    watchdogs_init();
    print_banner();
    flash_init();
    if (!partitions_load()) {
        ERROR("Failed to verify partition table");
        ERROR("load partition table error!");
        reset_chip();
    }
    if (!select_app(&app) || !image_load_ram(&app))
        reset_chip();
    INFO("Starting the app at 0x%x", app.entry);
    console_flush();
    image_start(&app);
}
