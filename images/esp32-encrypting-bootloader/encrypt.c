/* First boot: burns a key, encrypts the flash in place, switches encryption on. The order is ESP-IDF's, so that a power
   cut leaves what it leaves on a product: components/bootloader_support/src/flash_encryption/flash_encrypt.c,
   src/esp32/flash_encryption_secure_features.c. */

#include "encrypt.h"
#include "efuse.h"

/* 1: as for products, for ever. 0: download mode can still encrypt, and the counter can be moved on. */
#ifndef RELEASE
#define RELEASE 1
#endif

/* bootloader_random.c: reads that are folded together take this long, in CPU cycles. */
#define RANDOM_CYCLES 3200u

static uint32_t sector[SECTOR_SIZE / 4];

/* The random number register. On silicon, without a radio or the converter that feeds it noise, its numbers are weak:
   this bootloader is for virtual chips, not for products. */
static uint32_t random_word(void)
{
    uint32_t start = cycles();
    uint32_t word = WDEV_RND;
    do {
        word ^= WDEV_RND;
    } while (cycles() - start < RANDOM_CYCLES);
    return word;
}

static bool key_block_used(void)
{
    uint32_t any = efuse_word(0, 0) & (WORD0_WR_DIS_BLK1 | WORD0_RD_DIS_BLK1);
    for (unsigned word = 0; word < 8; word++)
        any |= efuse_word(1, word);
    return any;
}

static bool prepare_key(struct efuse_burn *burn)
{
    uint32_t coding = efuse_coding_scheme();
    uint32_t protection = WORD0_WR_DIS_BLK1 | WORD0_RD_DIS_BLK1;
    if (coding != CODING_NONE && coding != CODING_3_4) {
        ERROR("Unknown/unsupported CODING_SCHEME value 0x%x", coding);
        return false;
    }
    if (key_block_used()) {
        if ((efuse_word(0, 0) & protection) != protection) {
            ERROR("Invalid key state, check read&write protection for key and keypurpose(if exists)");
            return false;
        }
        INFO("Using pre-loaded flash encryption key in efuse");
        return true;
    }
    INFO("Generating new flash encryption key...");
    for (unsigned word = 0; word < (coding == CODING_3_4 ? 6 : 8); word++)
        burn->block[1][word] = random_word();
    burn->block[0][0] |= protection;
    return true;
}

static void prepare_features(struct efuse_burn *burn)
{
    INFO("Setting CRYPT_CONFIG efuse to 0xF");
    uint32_t config = efuse_word(0, 5) >> WORD5_FLASH_CRYPT_CONFIG_SHIFT;
    if (config == 0)
        burn->block[0][5] |= 0xfu << WORD5_FLASH_CRYPT_CONFIG_SHIFT;
    else if (config != 0xf)
        ERROR("EFUSE_ENCRYPT_CONFIG should be set 0xF but it is 0x%x", config);
    if (RELEASE) {
        INFO("Disable UART bootloader encryption...");
        burn->block[0][6] |= WORD6_DISABLE_DL_ENCRYPT;
    } else {
        log_line('W', "Not disabling UART bootloader encryption");
    }
    INFO("Disable UART bootloader decryption...");
    INFO("Disable UART bootloader MMU cache...");
    INFO("Disable JTAG...");
    INFO("Disable ROM BASIC interpreter fallback...");
    burn->block[0][6] |=
        WORD6_DISABLE_DL_DECRYPT | WORD6_DISABLE_DL_CACHE | WORD6_JTAG_DISABLE | WORD6_CONSOLE_DEBUG_DISABLE;
    burn->block[0][0] |= WORD0_WR_DIS_DIS_CACHE;
}

/* Key and switches, in one go. Only on a chip that never was encrypted: a later pass keeps its key. */
static bool burn_key_and_features(void)
{
    struct efuse_burn burn = {0};
    if (flash_crypt_cnt() != 0)
        return true;
    if (!prepare_key(&burn))
        return false;
    prepare_features(&burn);
    return efuse_burn(&burn);
}

static bool encrypt_region(uint32_t offset, uint32_t length)
{
    for (uint32_t done = 0; done < length; done += SECTOR_SIZE) {
        watchdog_feed();
        if (!flash_read_raw(offset + done, sector, SECTOR_SIZE) || !flash_erase_sector(offset + done) ||
            !flash_write_encrypted(offset + done, sector, SECTOR_SIZE)) {
            ERROR("flash operation failed at 0x%x", offset + done);
            return false;
        }
    }
    return true;
}

static bool encrypt_bootloader(void)
{
    struct image image;
    if (!image_verify(BOOTLOADER_OFFSET, PARTITION_TABLE_OFFSET - BOOTLOADER_OFFSET, &image)) {
        log_line('W', "no valid bootloader was found");
        return false;
    }
    if (!encrypt_region(BOOTLOADER_OFFSET, image.length))
        return false;
    INFO("bootloader encrypted successfully");
    return true;
}

static bool encrypt_table(void)
{
    if (!partitions_load()) {
        ERROR("Failed to read partition table data - not plaintext or empty?");
        return false;
    }
    if (!encrypt_region(PARTITION_TABLE_OFFSET, SECTOR_SIZE))
        return false;
    INFO("partition table encrypted and loaded successfully");
    return true;
}

/* An app only as far as its image goes (CONFIG_SECURE_FLASH_ENCRYPT_ONLY_IMAGE_LEN_IN_APP_PART, the default), and only if
   there is one; otadata and NVS keys always; other data where the table says so. */
static uint32_t length_to_encrypt(const struct partition *part)
{
    struct image image;
    if (part->type == TYPE_APP)
        return image_verify(part->offset, part->size, &image) ? image.length : 0;
    bool always = part->type == TYPE_DATA && (part->subtype == DATA_OTA || part->subtype == DATA_NVS_KEYS);
    return always || part->flags & PARTITION_FLAG_ENCRYPTED ? part->size : 0;
}

static bool encrypt_partitions(void)
{
    for (unsigned i = 0; i < partition_count; i++) {
        const struct partition *part = &partitions[i];
        uint32_t length = length_to_encrypt(part);
        if (length == 0)
            continue;
        INFO("Encrypting partition %u at offset 0x%x (length 0x%x)...", i, part->offset, length);
        if (!encrypt_region(part->offset, length))
            return false;
        INFO("Done encrypting");
    }
    return true;
}

/* ESP-IDF's release mode sets every bit of the counter; the protection goes with it, as in its
   esp_flash_encryption_set_release_mode. */
static bool burn_counter(void)
{
    struct efuse_burn burn = {0};
    uint32_t count = flash_crypt_cnt();
    if (RELEASE) {
        INFO("Setting CRYPT_CNT for permanent encryption");
        burn.block[0][0] = (FLASH_CRYPT_CNT_MAX & ~count) << WORD0_FLASH_CRYPT_CNT_SHIFT;
        burn.block[0][0] |= WORD0_WR_DIS_FLASH_CRYPT_CNT;
    } else {
        burn.block[0][0] = (~count & (count + 1)) << WORD0_FLASH_CRYPT_CNT_SHIFT;
    }
    if (!efuse_burn(&burn))
        return false;
    INFO("Flash encryption completed");
    return true;
}

bool encrypt_everything(void)
{
    if (efuse_word(0, 0) & WORD0_WR_DIS_FLASH_CRYPT_CNT) {
        ERROR("Flash Encryption cannot be enabled (CRYPT_CNT (%u) is write protected)", bits_set(flash_crypt_cnt()));
        return false;
    }
    return burn_key_and_features() && encrypt_bootloader() && encrypt_table() && encrypt_partitions() &&
           burn_counter();
}
