/* Images: verifying, loading, starting. Source: ESP-IDF, components/bootloader_support/src/esp_image_format.c,
   include/esp_app_format.h. */

#include "boot.h"
#include "rom.h"

#define MAGIC 0xe9
#define HEADER_BYTES 24
#define MAX_SEGMENT_BYTES (16u << 20)

struct header {
    uint8_t magic;
    uint8_t segments;
    uint8_t flash[2];
    uint32_t entry;
    uint8_t pins[4];
    uint8_t chip_id[2];
    uint8_t min_revision_old;
    uint8_t min_revision[2];
    uint8_t max_revision[2];
    uint8_t reserved[4];
    uint8_t hash_appended;
};
_Static_assert(sizeof(struct header) == HEADER_BYTES, "an image header has 24 bytes");

static uint32_t buffer[256];

static bool is_mapped(const struct segment *segment)
{
    return chip_maps(segment->address, segment->length);
}

static bool is_padding(const struct segment *segment)
{
    return segment->address < 0x10000000;
}

static uint32_t half(const uint8_t bytes[2])
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static bool header_fits(const struct header *header, uint32_t offset)
{
    if (header->magic != MAGIC) {
        ERROR("image at 0x%x has invalid magic byte (nothing flashed here?)", offset);
        return false;
    }
    if (header->segments > MAX_SEGMENTS) {
        ERROR("image at 0x%x segment count %u exceeds max %u", offset, header->segments, MAX_SEGMENTS);
        return false;
    }
    if (half(header->chip_id) != CHIP_ID) {
        ERROR("mismatch chip ID, expected %u, found %u", CHIP_ID, half(header->chip_id));
        return false;
    }
    if (chip_revision() < half(header->min_revision)) {
        ERROR("chip revision check failed. Required %u, found %u.", half(header->min_revision), chip_revision());
        return false;
    }
    return true;
}

/* Hashes `length` bytes at `offset`, and folds them for the checksum. */
static uint32_t take(uint32_t offset, uint32_t length, uint32_t folded)
{
    while (length) {
        uint32_t part = length < sizeof buffer ? length : sizeof buffer;
        flash_read(offset, buffer, part);
        sha256_feed(buffer, part / 4);
        for (uint32_t i = 0; i < part / 4; i++)
            folded ^= buffer[i];
        offset += part;
        length -= part;
    }
    return folded;
}

void image_feed(uint32_t offset, uint32_t length)
{
    take(offset, length, 0);
}

static bool take_segments(uint32_t offset, uint32_t room, struct image *image, uint32_t *folded)
{
    for (unsigned i = 0; i < image->count; i++) {
        struct segment *segment = &image->segments[i];
        uint32_t at = offset + image->length;
        if (room - image->length < 8) {
            ERROR("invalid segment length 0x%x", room);
            return false;
        }
        flash_read(at, segment, 8);
        take(at, 8, 0);
        segment->offset = at + 8;
        image->length += 8;
        if (segment->length % 4 || segment->length >= MAX_SEGMENT_BYTES || segment->length > room - image->length) {
            ERROR("invalid segment length 0x%x", segment->length);
            return false;
        }
        if (is_mapped(segment) && (segment->address ^ segment->offset) % MMU_PAGE_SIZE) {
            ERROR("Segment %u load address 0x%x, doesn't match data 0x%x", i, segment->address, segment->offset);
            return false;
        }
        *folded = take(segment->offset, segment->length, *folded);
        image->length += segment->length;
    }
    return true;
}

/* The checksum is the last byte of the block of 16 in which the segments end, or of the next one. */
static bool checksum_right(uint32_t offset, struct image *image, uint32_t folded)
{
    uint32_t pad = 16 - image->length % 16;
    uint32_t last[4];
    uint32_t calculated = (folded ^ folded >> 8 ^ folded >> 16 ^ folded >> 24 ^ 0xef) & 0xff;
    flash_read(offset + image->length, last, pad);
    sha256_feed(last, pad / 4);
    image->length += pad;
    uint32_t read = last[pad / 4 - 1] >> 24;
    if (read != calculated)
        ERROR("Checksum failed. Calculated 0x%x read 0x%x", calculated, read);
    return read == calculated;
}

bool image_hash_right(uint32_t offset, struct image *image)
{
    uint32_t calculated[HASH_BYTES / 4], read[HASH_BYTES / 4];
    sha256_end(calculated);
    flash_read(offset + image->length, read, HASH_BYTES);
    image->length += HASH_BYTES;
    if (bytes_equal(calculated, read, HASH_BYTES))
        return true;
    ERROR("Image hash failed - image is corrupt");
    return false;
}

bool image_verify(uint32_t offset, uint32_t room, struct image *image)
{
    struct header header;
    uint32_t folded = 0;
    flash_read(offset, &header, sizeof header);
    if (!header_fits(&header, offset))
        return false;
    sha256_begin();
    take(offset, HEADER_BYTES, 0);
    image->entry = header.entry;
    image->count = header.segments;
    image->length = HEADER_BYTES;
    image->hash_appended = header.hash_appended;
    if (!take_segments(offset, room, image, &folded) || !checksum_right(offset, image, folded))
        return false;
    if (!image_trust(offset, room, image))
        return false;
    if (image->length > room) {
        ERROR("Image length %u doesn't fit in partition length %u", image->length, room);
        return false;
    }
    return true;
}

bool image_load_ram(const struct image *image)
{
    for (unsigned i = 0; i < image->count; i++) {
        const struct segment *segment = &image->segments[i];
        if (is_mapped(segment) || is_padding(segment))
            continue;
        if (segment->address % 4 || !chip_loads(segment->address, segment->length)) {
            ERROR("Segment %u 0x%x-0x%x invalid: bad load address range", i, segment->address,
                  segment->address + segment->length);
            return false;
        }
        /* Whole words: instruction RAM takes nothing else. */
        flash_read(segment->offset, (void *)(uintptr_t)segment->address, segment->length);
    }
    return true;
}

_Noreturn void image_start(const struct image *image)
{
    flash_begin_mapping();
    for (unsigned i = 0; i < image->count; i++) {
        const struct segment *segment = &image->segments[i];
        if (is_mapped(segment))
            flash_map_for_app(segment->address, segment->offset, segment->length);
    }
    flash_end_mapping();
    chip_hand_over();
    /* On Xtensa, with the windowed ABI, for which the start-up code of ESP-IDF's apps is compiled. */
    ROM(image->entry, 0);
    reset_chip();
}
