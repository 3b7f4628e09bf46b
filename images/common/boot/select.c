/* Which app to start. Source: ESP-IDF, components/bootloader_support/src/bootloader_utility.c,
   bootloader_common.c (otadata). */

#include "boot.h"
#include "rom.h"

#define NO_SEQUENCE 0xffffffffu
#define STATE_INVALID 3u
#define STATE_ABORTED 4u
#define FACTORY -1
#define MAX_SLOTS 16

struct ota_entry {
    uint32_t sequence;
    uint8_t label[20];
    uint32_t state;
    uint32_t crc;
};

struct choice {
    const struct partition *factory;
    const struct partition *test;
    const struct partition *otadata;
    const struct partition *slots[MAX_SLOTS];
    int slot_count;
};

static void sort_partitions(struct choice *choice)
{
    for (unsigned i = 0; i < partition_count; i++) {
        const struct partition *part = &partitions[i];
        if (part->type == TYPE_DATA && part->subtype == DATA_OTA)
            choice->otadata = part;
        if (part->type != TYPE_APP)
            continue;
        unsigned slot = part->subtype - APP_OTA_0;
        if (part->subtype == APP_FACTORY)
            choice->factory = part;
        else if (part->subtype == APP_TEST)
            choice->test = part;
        else if (slot < MAX_SLOTS) {
            choice->slots[slot] = part;
            choice->slot_count++;
        }
    }
}

static bool entry_valid(const struct ota_entry *entry)
{
    uint32_t crc = ROM(ROM_CRC32_LE, NO_SEQUENCE, ADDRESS(&entry->sequence), 4);
    return entry->sequence != NO_SEQUENCE && entry->state != STATE_INVALID && entry->state != STATE_ABORTED &&
           entry->crc == crc;
}

/* The slot that otadata names; without one that counts, the factory app. */
static int first_choice(const struct choice *choice)
{
    uint32_t sequence = 0;
    if (!choice->otadata || choice->slot_count == 0)
        return FACTORY;
    for (uint32_t sector = 0; sector < 2; sector++) {
        struct ota_entry entry;
        flash_read(choice->otadata->offset + sector * SECTOR_SIZE, &entry, sizeof entry);
        if (entry_valid(&entry) && entry.sequence > sequence)
            sequence = entry.sequence;
    }
    if (sequence == 0)
        return choice->factory ? FACTORY : 0;
    uint32_t slot;
    divide(sequence - 1, (uint32_t)choice->slot_count, &slot);
    return (int)slot;
}

static bool try_partition(const struct partition *part, struct image *image)
{
    return part && image_verify(part->offset, part->size, image);
}

static bool try_slot(const struct choice *choice, int slot, struct image *image)
{
    const struct partition *part = slot == FACTORY ? choice->factory : choice->slots[slot];
    if (!part)
        return false;
    if (try_partition(part, image)) {
        INFO("Loaded app from partition at offset 0x%x", part->offset);
        return true;
    }
    if (slot == FACTORY)
        ERROR("Factory app partition is not bootable");
    else
        ERROR("OTA app partition slot %u is not bootable", slot);
    return false;
}

bool select_app(struct image *image)
{
    struct choice choice = {0};
    sort_partitions(&choice);
    int start = first_choice(&choice);
    for (int slot = start; slot >= FACTORY; slot--) {
        if (try_slot(&choice, slot, image))
            return true;
    }
    for (int slot = start + 1; slot < choice.slot_count; slot++) {
        if (try_slot(&choice, slot, image))
            return true;
    }
    if (try_partition(choice.test, image)) {
        INFO("Loaded app from partition at offset 0x%x", choice.test->offset);
        return true;
    }
    ERROR("No bootable app partitions in the partition table");
    return false;
}
