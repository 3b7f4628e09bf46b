/* Source of fault.elf, for the tests of symbols on RISC-V. Built in this folder by
   riscv64-unknown-elf-gcc (Debian 12.2.0-14+deb12u1+11+b2) -march=rv32imc -mabi=ilp32 -g1 -gdwarf-4 -Os -ffreestanding -nostdlib
     -static -ffile-prefix-map=$PWD=. -Wl,-n -Wl,-Ttext=0x42000020 -Wl,-e,start -Wl,--build-id=none fault.c -o fault.elf
   What the tests expect is what riscv64-unknown-elf-addr2line -fie fault.elf ADDRESS says; where the calls are,
   riscv64-unknown-elf-objdump -d. */
__attribute__((noinline)) int fault(volatile int *where)
{
    return *where / 3;
}

__attribute__((noinline)) int caller(volatile int *where, int (*check)(int))
{
    return check(fault(where)) + 1;
}

void start(void)
{
    caller(0, 0);
    for (;;)
        ;
}
