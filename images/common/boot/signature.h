/* Signature sectors and the mask ROM's check of them. Source: ESP-IDF, components/esp_rom/<chip>/include/<chip>/rom/
   secure_boot.h. */
#pragma once

#include "boot.h"

#define SIGNATURE_BLOCKS 3
#define VERSION_RSA 2

struct signature_block {
    uint8_t magic;
    uint8_t version;
    uint8_t reserved[2];
    uint32_t rest[303];
};
_Static_assert(sizeof(struct signature_block) == 1216, "a signature block has 1216 bytes");

struct signature_sector {
    struct signature_block blocks[SIGNATURE_BLOCKS];
    uint32_t padding[112];
};
_Static_assert(sizeof(struct signature_sector) == SECTOR_SIZE, "the blocks have a sector of their own");

/* As the ROM wants it: digests of public keys, a null pointer for a slot without one. */
struct trusted_keys {
    const uint32_t *digests[SIGNATURE_BLOCKS];
    /* A signature that fails may revoke its key: the ROM's right, not a bootloader's. */
    bool allow_revocation;
};

/* The ROM's functions answer in whole words, so that a glitch does not make a yes of a no. */
#define SIGNATURE_GOOD 0x3a5a5aa5u

/* keys.c of each chip. False where the eFuses trust no key. */
bool trusted_keys_read(struct trusted_keys *keys);
/* False where no block can be what the ROM knows. */
bool signature_scheme_right(const struct signature_sector *sector);
/* `SIGNATURE_GOOD`, and `digest` repeated in `verified`, or any other word. */
uint32_t signature_verify(const struct signature_sector *sector, const uint32_t digest[8],
                          const struct trusted_keys *keys, uint32_t verified[8]);
