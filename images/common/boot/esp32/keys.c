/* The secure boot key of the ESP32: one digest in block 2, which cannot be revoked. Source: ESP-IDF,
   components/bootloader_support/src/secure_boot_v2/secure_boot.c (esp_secure_boot_read_key_digests). */

#include "rom.h"
#include "signature.h"

static uint32_t key_digest[8];

bool trusted_keys_read(struct trusted_keys *keys)
{
    uint32_t any = 0;
    for (unsigned word = 0; word < 8; word++) {
        key_digest[word] = EFUSE_BLK2_WORD(word);
        any |= key_digest[word];
    }
    *keys = (struct trusted_keys){.digests = {key_digest}};
    return any;
}

/* The ROM's function says itself what it finds. */
bool signature_scheme_right(const struct signature_sector *sector)
{
    (void)sector;
    return true;
}

uint32_t signature_verify(const struct signature_sector *sector, const uint32_t digest[8],
                          const struct trusted_keys *keys, uint32_t verified[8])
{
    return ROM(ROM_SECURE_BOOT_VERIFY_SIGNATURE, ADDRESS(sector), ADDRESS(digest), ADDRESS(keys->digests[0]),
               ADDRESS(verified));
}
