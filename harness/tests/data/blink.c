/* Source of blink.elf, for the tests of symbols. Built in this folder by
   xtensa-lx106-elf-gcc (Debian 12.2.0-14) -g1 -gdwarf-4 -Os -ffreestanding -nostdlib -static -ffile-prefix-map=$PWD=.
     -Wl,-n -Wl,-Ttext=0x400d0000 -Wl,--section-start=.iram=0x40080000 -Wl,-e,blink -Wl,--build-id=none blink.c -o blink.elf
   What the tests expect is what xtensa-lx106-elf-addr2line -fie blink.elf ADDRESS says. */
static inline __attribute__((always_inline)) int twice(volatile int *value)
{
    return *value + *value;
}

int blink(volatile int *value)
{
    *value = 1;
    return twice(value);
}

__attribute__((section(".iram"))) void spin(void)
{
    for (;;)
        ;
}
