/* Secure boot keys of the chips with XTS-AES: up to three digests in key blocks, each of which can be revoked. */

#include "rom.h"
#include "signature.h"

/* The ROM knows the purposes of the blocks and the revocation bits; 0 where at least one key is left. */
bool trusted_keys_read(struct trusted_keys *keys)
{
    *keys = (struct trusted_keys){0};
    bool some = ROM(ROM_SECURE_BOOT_READ_KEY_DIGESTS, ADDRESS(keys)) == 0;
    keys->allow_revocation = false;
    return some;
}

bool signature_scheme_right(const struct signature_sector *sector)
{
    for (unsigned i = 0; i < SIGNATURE_BLOCKS; i++) {
        if (sector->blocks[i].version == VERSION_RSA)
            return true;
    }
    ERROR("No signature block generated for valid scheme");
    ERROR("RSA signing scheme selected but no signature block for the selected scheme");
    return false;
}

uint32_t signature_verify(const struct signature_sector *sector, const uint32_t digest[8],
                          const struct trusted_keys *keys, uint32_t verified[8])
{
    return ROM(ROM_SECURE_BOOT_VERIFY_SIGNATURE, ADDRESS(sector), ADDRESS(digest), ADDRESS(keys), ADDRESS(verified));
}
