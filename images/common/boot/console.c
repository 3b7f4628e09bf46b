/* The console: log lines in ESP-IDF's form on UART0, which the ROM has set up. */

#include <stdarg.h>

#include "boot.h"

#define CYCLES_PER_MS (CPU_MHZ * 1000u)

static void put_char(char c)
{
    while (UART_TXFIFO_CNT(UART0_STATUS) >= UART_TXFIFO_LIMIT) {
    }
    UART0_FIFO = (uint8_t)c;
}

static void put_text(const char *text)
{
    for (; *text; text++)
        put_char(*text);
}

static void put_hex(uint32_t n, int digits)
{
    int shift = 28;
    while (shift > 4 * (digits - 1) && (n >> shift & 15) == 0)
        shift -= 4;
    for (; shift >= 0; shift -= 4)
        put_char("0123456789abcdef"[n >> shift & 15]);
}

static void put_decimal(uint32_t n)
{
    char digits[10];
    unsigned count = 0;
    do {
        uint32_t digit;
        n = divide(n, 10, &digit);
        digits[count++] = (char)('0' + digit);
    } while (n);
    while (count)
        put_char(digits[--count]);
}

/* Not the ROM's `uart_tx_wait_idle`: it waits for an interrupt flag to go away that need not. */
void console_flush(void)
{
    while (UART_TXFIFO_CNT(UART0_STATUS) || UART_ST_UTX_OUT) {
    }
}

void log_line(char level, const char *format, ...)
{
    va_list arguments;
    uint32_t rest;
    va_start(arguments, format);
    put_char(level);
    put_text(" (");
    put_decimal(divide(cycles(), CYCLES_PER_MS, &rest));
    put_text(") cloneproof-boot: ");
    for (; *format; format++) {
        if (*format != '%') {
            put_char(*format);
            continue;
        }
        int digits = 1;
        if (format[1] == '0') {
            digits = format[2] - '0';
            format += 2;
        }
        format++;
        if (*format == 's')
            put_text(va_arg(arguments, const char *));
        else if (*format == 'u')
            put_decimal(va_arg(arguments, uint32_t));
        else
            put_hex(va_arg(arguments, uint32_t), digits);
    }
    va_end(arguments);
    put_text("\r\n");
}
