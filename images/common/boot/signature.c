/* Secure boot v2: the app's signature, checked by the mask ROM's own function. Source: ESP-IDF, components/
   bootloader_support/src/esp_image_format.c (verify_secure_boot_signature), src/secure_boot_v2/
   secure_boot_signatures_bootloader.c. */

#include "signature.h"

static struct signature_sector sector;

/* The image's digest goes to its end and on to the next sector, where the signatures are. */
static bool digest_of(uint32_t offset, uint32_t room, struct image *image, uint32_t digest[8])
{
    uint32_t end = image->length + (image->hash_appended ? HASH_BYTES : 0);
    uint32_t padded = (end + SECTOR_SIZE - 1) & ~(SECTOR_SIZE - 1);
    if (padded + SECTOR_SIZE > room) {
        ERROR("Image length %u doesn't fit in partition length %u", padded + SECTOR_SIZE, room);
        return false;
    }
    image_feed(offset + image->length, padded - image->length);
    sha256_end(digest);
    flash_read(offset + padded, &sector, sizeof sector);
    return true;
}

/* Off the path of an app that starts: what is wrong, the image or its signature? */
static void explain(uint32_t offset, const struct image *image)
{
    struct image again = *image;
    if (!image->hash_appended)
        return;
    INFO("Calculating simple hash to check for corruption...");
    sha256_begin();
    image_feed(offset, image->length);
    log_line('W', image_hash_right(offset, &again) ? "image valid, signature bad" : "image corrupted on flash");
}

static bool signature_right(const uint32_t digest[8])
{
    uint32_t verified[8];
    struct trusted_keys keys;
    if (!trusted_keys_read(&keys)) {
        ERROR("Could not read eFuse secure boot digests!");
        return false;
    }
    INFO("Verifying with RSA-PSS...");
    if (!signature_scheme_right(&sector))
        return false;
    if (signature_verify(&sector, digest, &keys, verified) != SIGNATURE_GOOD ||
        !bytes_equal(verified, digest, HASH_BYTES)) {
        ERROR("Secure Boot V2 verification failed.");
        return false;
    }
    INFO("Signature verified successfully!");
    return true;
}

bool image_trust(uint32_t offset, uint32_t room, struct image *image)
{
    uint32_t digest[8];
    if (!secure_boot_on())
        return !image->hash_appended || image_hash_right(offset, image);
    INFO("Verifying image signature...");
    if (!digest_of(offset, room, image, digest))
        return false;
    if (signature_right(digest))
        return true;
    ERROR("Secure boot signature verification failed");
    explain(offset, image);
    return false;
}
