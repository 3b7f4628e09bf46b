/* The partition table. Source: ESP-IDF, components/bootloader_support/src/flash_partitions.c. */

#include "boot.h"
#include "rom.h"

#define MAGIC 0x50aa
#define MAGIC_MD5 0xebeb
#define MAGIC_END 0xffff
#define MD5_BYTES 16

struct partition partitions[MAX_PARTITIONS];
unsigned partition_count;

/* The row's digest is that of the rows before it; it lies in the second half of the row. */
static bool md5_right(unsigned row)
{
    uint32_t context[22];
    uint32_t digest[MD5_BYTES / 4];
    ROM(ROM_MD5_INIT, ADDRESS(context));
    ROM(ROM_MD5_UPDATE, ADDRESS(context), ADDRESS(partitions), row * sizeof partitions[0]);
    ROM(ROM_MD5_FINAL, ADDRESS(digest), ADDRESS(context));
    return bytes_equal(digest, partitions[row].label + 4, MD5_BYTES);
}

static bool row_fits(unsigned row)
{
    const struct partition *part = &partitions[row];
    if (part->offset <= flash_size() && part->size <= flash_size() - part->offset)
        return true;
    ERROR("partition %u invalid - offset 0x%x size 0x%x exceeds flash chip size 0x%x", row, part->offset, part->size,
          flash_size());
    return false;
}

bool partitions_load(void)
{
    flash_read(PARTITION_TABLE_OFFSET, partitions, sizeof partitions);
    partition_count = 0;
    for (unsigned row = 0; row < MAX_PARTITIONS; row++) {
        uint16_t magic = partitions[row].magic;
        if (magic == MAGIC) {
            if (!row_fits(row))
                return false;
            partitions[partition_count++] = partitions[row];
        } else if (magic == MAGIC_MD5) {
            if (!md5_right(row)) {
                ERROR("Incorrect MD5 checksum");
                return false;
            }
        } else if (magic == MAGIC_END && row != 0) {
            return true;
        } else {
            ERROR("partition %u invalid magic number 0x%x", row, magic);
            return false;
        }
    }
    ERROR("partition table has no terminating entry, not valid");
    return false;
}
