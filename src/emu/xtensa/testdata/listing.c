/* Compiled code for the disassembler test: typical loads, stores, branches, shifts, calls of GCC. */
typedef __UINT8_TYPE__ uint8_t;
typedef __INT16_TYPE__ int16_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __INT32_TYPE__ int32_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;

struct record {
    uint8_t tag;
    int16_t delta;
    uint16_t length;
    uint32_t words[3];
};

extern uint32_t source(uint32_t);
uint32_t table[16];

uint32_t mix(const struct record *records, int count)
{
    uint32_t sum = 0x12345678;
    for (int i = 0; i < count; i++) {
        const struct record *record = &records[i];
        sum ^= record->tag * 3u + record->words[i % 3];
        sum = sum << 5 | sum >> 27;
        if (record->delta < 0)
            sum -= record->length;
        else if (record->delta >= 12)
            sum += (uint32_t)record->delta << 9;
        if (sum & 0x800)
            table[sum & 15] = source(sum >> 3);
    }
    return sum;
}

uint64_t wide(uint64_t a, uint32_t b)
{
    return (a + b) * b - (a >> 7);
}

void copy(uint8_t *to, const uint8_t *from, uint32_t length)
{
    while (length--)
        *to++ = *from++ ^ 0x5a;
}

int16_t pick(int32_t key, int16_t *out)
{
    switch (key) {
    case -1: return 7;
    case 5: *out = 300; return -300;
    case 64: *out += 2; return 1;
    default: return key > 1000 ? (int16_t)(key >> 4) : (int16_t)(-key);
    }
}

int32_t absolute(int32_t a, int32_t b)
{
    int32_t d = a > b ? a - b : b - a;
    return (uint32_t)d < 0x8000u ? d : 1000;
}
