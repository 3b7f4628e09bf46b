//! Speed of the built-in chips: `cargo bench --bench emulator`.

mod support;

use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::emu::soc::flat::Flat;
use cloneproof::emu::xtensa::{CodeCache, Core, CoreConfig, Exit};
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
const INSTRUCTIONS: u64 = 20_000_000;

fn main() {
    divan::main();
}

#[divan::bench]
fn instructions(bencher: Bencher) {
    let mut bus = Flat::bus(BASE, 0x4_0000);
    Flat::load(&mut bus, BASE, &LOOP);
    let mut core = Core::new(CoreConfig {
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

#[divan::bench(args = [false, true])]
fn boot_to_banner(bencher: Bencher, encrypted: bool) {
    let donor = support::donor(encrypted);
    bencher
        .bench(|| support::boot_to_banner(&mut BuiltinChip::new(donor.clone()).expect("a chip")));
}

#[divan::bench]
fn snapshot(bencher: Bencher) {
    let mut chip = BuiltinChip::new(support::donor(true)).expect("a chip");
    support::boot_to_banner(&mut chip);
    chip.snapshot();
    bencher.bench_local(|| chip.snapshot());
}

#[divan::bench]
fn restore(bencher: Bencher) {
    let mut chip = BuiltinChip::new(support::donor(true)).expect("a chip");
    support::boot_to_banner(&mut chip);
    let snapshot = chip.snapshot();
    bencher.bench_local(|| chip.restore(&snapshot));
}
