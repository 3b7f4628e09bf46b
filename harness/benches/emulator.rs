//! Speed of the built-in chips: `cargo bench --bench emulator`.

mod support;

use cloneproof::chip::Chip;
use cloneproof::emu::Flat;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::emu::riscv::{self, Extensions, Hart, HartConfig};
use cloneproof::emu::xtensa::{CodeCache, Core, CoreConfig, CoreModel, Exit};
use divan::Bencher;
use divan::counter::ItemsCount;

/// A loop of adds, shifts, loads and stores in 4 KB of memory, and a literal pool before it:
/// `for (i = 0; i < n; i++) { t = a + b; a = b; b = t ^ (t >> 3); buf[i & 1023] += b; if (buf[(i * 7) & 1023] & 1) a += 3; }`,
/// compiled by `xtensa-lx106-elf-gcc 12.2 -O2 -nostdlib -Ttext=0x10000 -Tdata=0x20000`.
const LOOP: [u8; 91] = [
    0x00, 0x00, 0x02, 0x00, 0x00, 0xe1, 0xf5, 0x05, 0x9d, 0x02, 0xbc, 0x82, 0x0c, 0x16, 0x81, 0xfc,
    0xff, 0x0c, 0x03, 0x2d, 0x06, 0x30, 0x50, 0x94, 0x2a, 0xa6, 0x80, 0x55, 0xa0, 0x78, 0x05, 0xa0,
    0xb3, 0x41, 0x2d, 0x06, 0x30, 0x43, 0xf0, 0xa0, 0x6b, 0x30, 0x6a, 0x77, 0x40, 0x40, 0x94, 0x79,
    0x05, 0x80, 0x44, 0xa0, 0x48, 0x04, 0x3b, 0x52, 0x40, 0x40, 0x04, 0x1b, 0x33, 0x40, 0x25, 0x93,
    0x37, 0x99, 0xd1, 0x46, 0x00, 0x00, 0x0c, 0x12, 0x0d, 0xf0, 0x00, 0x00, 0x21, 0xee, 0xff, 0x12,
    0xc1, 0xf0, 0x02, 0x61, 0x03, 0x05, 0xfb, 0xff, 0x06, 0xff, 0xff,
];
const BASE: u32 = 0x1_0000;
const ENTRY: u32 = 0x1_004c;
/// The same for RISC-V, by `riscv64-unknown-elf-gcc 12.2 -march=rv32imc_zicsr -mabi=ilp32 -O2 -nostdlib -ffreestanding
/// -Wl,-Ttext=0x10000,-Tbss=0x20000`.
const RISCV_LOOP: [u8; 100] = [
    0xaa, 0x8e, 0x29, 0xc5, 0x37, 0x03, 0x02, 0x00, 0x01, 0x48, 0x01, 0x46, 0x89, 0x46, 0x05, 0x45,
    0x13, 0x03, 0x03, 0x00, 0x93, 0x77, 0xf6, 0x3f, 0x8a, 0x07, 0x9a, 0x97, 0x8c, 0x43, 0xb3, 0x88,
    0xa6, 0x00, 0x13, 0xde, 0x38, 0x00, 0x13, 0x77, 0xf8, 0x3f, 0x36, 0x85, 0xb3, 0x46, 0x1e, 0x01,
    0xb6, 0x95, 0x0a, 0x07, 0x8c, 0xc3, 0xb3, 0x07, 0xe3, 0x00, 0x9c, 0x43, 0x05, 0x06, 0x1d, 0x08,
    0x85, 0x8b, 0x91, 0xc3, 0x0d, 0x05, 0xe3, 0x97, 0xce, 0xfc, 0x82, 0x80, 0x05, 0x45, 0x82, 0x80,
    0x41, 0x11, 0x22, 0xc4, 0x37, 0xe4, 0xf5, 0x05, 0x06, 0xc6, 0x13, 0x04, 0x04, 0x10, 0x22, 0x85,
    0x45, 0x37, 0xf5, 0xbf,
];
const RISCV_ENTRY: u32 = 0x1_0050;
const INSTRUCTIONS: u64 = 20_000_000;

fn main() {
    divan::main();
}

#[divan::bench]
fn instructions(bencher: Bencher) {
    let mut bus = Flat::bus(BASE, 0x4_0000);
    Flat::load(&mut bus, BASE, &LOOP);
    let mut core = Core::new(CoreConfig {
        model: CoreModel::Lx6,
        index: 0,
        prid: 0,
        config_id: [0; 2],
        reset_vector: ENTRY,
        vecbase: BASE,
    });
    core.set_register(1, BASE + 0x3_f000);
    let mut code = CodeCache::default();
    let mut cycles = 0;
    bencher
        .counter(ItemsCount::new(INSTRUCTIONS))
        .bench_local(|| {
            let end = cycles + INSTRUCTIONS;
            while cycles < end {
                let (exit, used) = core.run(&mut code, &mut bus, cycles, 50_000);
                assert_eq!(exit, Exit::Budget);
                cycles += u64::from(used);
            }
        });
}

/// With and without a locked entry of memory protection, as ESP-IDF's apps have them.
#[divan::bench(args = [false, true])]
fn riscv_instructions(bencher: Bencher, protected: bool) {
    let mut bus = Flat::bus(BASE, 0x4_0000);
    Flat::load(&mut bus, BASE, &RISCV_LOOP);
    let mut hart = Hart::new(HartConfig {
        index: 0,
        hart_id: 0,
        reset_vector: RISCV_ENTRY,
        extensions: Extensions::default(),
    });
    const SP: usize = 2;
    hart.set_register(SP, BASE + 0x3_f000);
    if protected {
        use cloneproof::emu::riscv::csr::number::{PMPADDR0, PMPCFG0};
        const LOCKED_POWER_OF_TWO_ALL: u32 = 0x9f;
        assert!(hart.set_csr(PMPADDR0, u32::MAX, 0));
        assert!(hart.set_csr(PMPCFG0, LOCKED_POWER_OF_TWO_ALL, 0));
    }
    let mut code = riscv::CodeCache::default();
    let mut cycles = 0;
    bencher
        .counter(ItemsCount::new(INSTRUCTIONS))
        .bench_local(|| {
            let end = cycles + INSTRUCTIONS;
            while cycles < end {
                let (exit, used) = hart.run(&mut code, &mut bus, cycles, 50_000);
                assert!(matches!(exit, Exit::Budget | Exit::Attention));
                cycles += u64::from(used);
            }
        });
}

#[divan::bench(args = Chip::BOOTABLE)]
fn boot_to_banner(bencher: Bencher, chip: Chip) {
    let donor = support::donor(chip, false);
    bencher
        .bench(|| support::boot_to_banner(&mut BuiltinChip::new(donor.clone()).expect("a chip")));
}

#[divan::bench(args = Chip::BOOTABLE)]
fn encrypted_boot_to_banner(bencher: Bencher, chip: Chip) {
    let donor = support::donor(chip, true);
    bencher
        .bench(|| support::boot_to_banner(&mut BuiltinChip::new(donor.clone()).expect("a chip")));
}

#[divan::bench]
fn snapshot(bencher: Bencher) {
    let mut chip = BuiltinChip::new(support::donor(Chip::Esp32, true)).expect("a chip");
    support::boot_to_banner(&mut chip);
    chip.snapshot();
    bencher.bench_local(|| chip.snapshot());
}

#[divan::bench]
fn restore(bencher: Bencher) {
    let mut chip = BuiltinChip::new(support::donor(Chip::Esp32, true)).expect("a chip");
    support::boot_to_banner(&mut chip);
    let snapshot = chip.snapshot();
    bencher.bench_local(|| chip.restore(&snapshot));
}
