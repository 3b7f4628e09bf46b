/* cloneproof-hello: says which chip it runs on, checks what it reads through the flash cache, then beats for ever. */

#include "chip.h"

/* CPU cycles between two heartbeats: 50 ms at the 80 MHz that the bootloader leaves. */
#define HEARTBEAT_CYCLES 4000000u

/* Application description, which bootloader and image tools expect at the start of the first segment.
   Source: ESP-IDF, components/esp_app_format/include/esp_app_desc.h. */
struct app_desc {
    uint32_t magic;
    uint32_t secure_version;
    uint32_t reserved1[2];
    char version[32];
    char project_name[32];
    char time[16];
    char date[16];
    char idf_version[32];
    uint8_t elf_sha256[32];
    uint16_t min_efuse_block_revision;
    uint16_t max_efuse_block_revision;
    uint8_t mmu_page_size_log2;
    uint8_t reserved3[3];
    uint32_t reserved2[18];
};
_Static_assert(sizeof(struct app_desc) == 256, "esp_app_desc_t has 256 bytes");

/* No time of build: two builds must be one file. The image builder fills in the SHA-256 of the ELF. */
__attribute__((section(".flash.appdesc"), used)) const struct app_desc esp_app_desc = {
    .magic = 0xabcd5432,
    .version = "1",
    .project_name = "cloneproof-hello",
    .idf_version = "none",
    .max_efuse_block_revision = 99,
    .mmu_page_size_log2 = 16,
};

/* A table laid down in flash by the compiler and recomputed by addition when the app runs: a wrong word means that
   the cache, its mapping or the decryption gave wrong bytes. The step is 2^32 divided by the golden ratio, so that
   no 16-byte cipher block repeats another. */
#define STEP 0x9e3779b1u
#define T1(i) ((uint32_t)(i) * STEP)
#define T4(i) T1(i), T1((i) + 1), T1((i) + 2), T1((i) + 3)
#define T16(i) T4(i), T4((i) + 4), T4((i) + 8), T4((i) + 12)
#define T64(i) T16(i), T16((i) + 16), T16((i) + 32), T16((i) + 48)
#define TABLE_WORDS 256u
static const uint32_t table[TABLE_WORDS] = {T64(0), T64(64), T64(128), T64(192)};

/* Cleared by the start-up code; counts in RAM, so that a heartbeat also shows writable memory. */
static volatile uint32_t beats;

static void put_char(char c)
{
    while (UART_TXFIFO_CNT(UART0_STATUS) >= UART_TXFIFO_LIMIT) {
    }
    UART0_FIFO = (uint8_t)c;
}

static void put_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            put_char('\r');
        put_char(*text);
    }
}

static void put_hex_byte(uint32_t byte)
{
    static const char digits[] = "0123456789abcdef";
    put_char(digits[(byte >> 4) & 15]);
    put_char(digits[byte & 15]);
}

/* Division by subtraction: the app is linked without any library. */
static void put_decimal(uint32_t n)
{
    static const uint32_t powers[] = {1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1};
    int started = 0;
    for (unsigned i = 0; i < sizeof powers / sizeof powers[0]; i++) {
        char digit = '0';
        for (; n >= powers[i]; n -= powers[i])
            digit++;
        started |= digit != '0' || powers[i] == 1;
        if (started)
            put_char(digit);
    }
}

/* The bootloader hands over with the RTC watchdog running (ESP-IDF, bootloader_init.c, bootloader_config_wdt), and an
   app must feed or disable it. The timer groups' are off after an ordinary boot. Each hides behind a key. The super
   watchdog of the later chips is fed. */
static void disable_watchdogs(void)
{
    RTC_CNTL_WDTWPROTECT = WDT_KEY;
    RTC_CNTL_WDTCONFIG0 = 0;
    RTC_CNTL_WDTWPROTECT = 0;
    TIMG0_WDTWPROTECT = WDT_KEY;
    TIMG0_WDTCONFIG0 = 0;
    TIMG0_WDTWPROTECT = 0;
    TIMG1_WDTWPROTECT = WDT_KEY;
    TIMG1_WDTCONFIG0 = 0;
    TIMG1_WDTWPROTECT = 0;
    feed_super_watchdog();
}

static void put_mac(void)
{
    uint32_t low = efuse_mac_low();
    uint32_t high = efuse_mac_high();
    put_hex_byte(high >> 8);
    put_char(':');
    put_hex_byte(high);
    for (int shift = 24; shift >= 0; shift -= 8) {
        put_char(':');
        put_hex_byte(low >> shift);
    }
}

static void put_banner(void)
{
    put_text("cloneproof-hello: " CHIP_NAME " v");
    put_decimal(major_revision());
    put_char('.');
    put_decimal(minor_revision());
    put_text(" mac ");
    put_mac();
    put_text("\n");
}

/* The cache decrypts while the counter has an odd number of bits. */
static void put_flash_encryption(void)
{
    uint32_t count = efuse_crypt_count();
    uint32_t parity = 0;
    for (uint32_t rest = count; rest; rest >>= 1)
        parity ^= rest & 1;
    put_text(parity ? "flash encryption: on" : "flash encryption: off");
    put_text(" (" CRYPT_COUNT_NAME " 0x");
    put_hex_byte(count);
    put_text(")\n");
}

static void check_rodata(void)
{
    /* Volatile: the compiler knows the table and could drop the comparison. */
    const volatile uint32_t *mapped = table;
    uint32_t expected = 0;
    for (uint32_t i = 0; i < TABLE_WORDS; i++, expected += STEP) {
        if (mapped[i] != expected) {
            put_text("rodata bad at word ");
            put_decimal(i);
            put_text("\n");
            return;
        }
    }
    put_text("rodata ok\n");
}

void app_main(void)
{
    disable_watchdogs();
    put_banner();
    put_flash_encryption();
    check_rodata();
    start_cycles();
    uint32_t last = cycles();
    for (;;) {
        /* Unsigned difference: right across the wrap of the counter. */
        while (cycles() - last < HEARTBEAT_CYCLES) {
        }
        last += HEARTBEAT_CYCLES;
        beats = beats + 1;
        put_text("heartbeat ");
        put_decimal(beats);
        put_text("\n");
    }
}
