//! Single instructions on a whole core, against another emulator, measurements, and the host.

mod sequences;

use proptest::prelude::*;

use crate::emu::soc::flat::Flat;
use crate::emu::xtensa::core::{Core, CoreConfig, CoreModel};
use crate::emu::xtensa::{CodeCache, Exit};

const BASE: u32 = 0x4008_0000;
const VECTORS: &str = include_str!("../testdata/fpu_qemu.txt");

fn words(header: &str) -> Vec<u32> {
    let fields = header.split(' ').skip(1);
    fields
        .map_while(|field| u32::from_str_radix(field, 16).ok())
        .collect()
}

/// A core with a program of its own.
struct Program {
    core: Core,
    code: CodeCache,
    bus: crate::emu::bus::Bus<Flat>,
    len: u32,
}

impl Program {
    fn new(words: &[u32], fcr: u32) -> Self {
        let mut bus = Flat::bus(BASE, 0x1000);
        let bytes: Vec<u8> = words
            .iter()
            .flat_map(|word| word.to_le_bytes().into_iter().take(3))
            .collect();
        Flat::load(&mut bus, BASE, &bytes);
        let mut core = Core::new(CoreConfig {
            model: CoreModel::Lx6,
            index: 0,
            prid: 0xcdcd,
            config_id: [0; 2],
            reset_vector: BASE,
            vecbase: BASE + 0x800,
        });
        core.cpenable = 1;
        core.fcr = fcr;
        Program {
            core,
            code: CodeCache::default(),
            bus,
            len: words.len() as u32,
        }
    }

    fn run(&mut self) {
        (self.core.pc, self.core.fsr) = (BASE, 0);
        let (exit, used) = self.core.run(&mut self.code, &mut self.bus, 0, self.len);
        assert_eq!((exit, used), (Exit::Budget, self.len));
        assert_eq!(self.core.pc, BASE + 3 * self.len);
    }

    /// f0 and FSR after running with f0, f1 and f2.
    fn floats(&mut self, r: u32, s: u32, t: u32) -> (u32, u32) {
        self.core.f[..3].copy_from_slice(&[r, s, t]);
        self.run();
        (self.core.f[0], self.core.fsr)
    }
}

#[test]
fn results_and_flags_are_those_of_espressifs_qemu() {
    let mut program = None;
    let (mut header, mut count) = ("", 0);
    for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
        if let Some((_, rest)) = line.split_once(" fcr=") {
            let fcr = rest[..1].parse().expect("a mode");
            header = line;
            program = Some((Program::new(&words(line), fcr), &rest[2..]));
            continue;
        }
        let (program, kind) = program.as_mut().expect("a header comes first");
        let numbers: Vec<u32> = line
            .split(' ')
            .map(|number| u32::from_str_radix(number, 16).expect("hexadecimal"))
            .collect();
        let [r, s, t, result, flags] = numbers[..] else {
            panic!("{line}");
        };
        program.core.br = 0;
        program.core.a[8..11].copy_from_slice(&[r, s, t]);
        let (float, raised) = program.floats(r, s, t);
        let answer = match *kind {
            "f" => float,
            "a" => program.core.a[12],
            _ => program.core.br,
        };
        assert_eq!(
            format!("{answer:x} {raised:x}"),
            format!("{result:x} {flags:x}"),
            "{header}: {line}"
        );
        count += 1;
    }
    assert!(count > 4000, "{count}");
}

/// Observed on an ESP32-S3 (`tables.txt`, `helpers2.txt`, see `soft.rs`): instruction word, f0 and f1, f0 after it.
#[test]
fn estimates_and_adjustments_are_those_of_silicon() {
    const RECIP0: u32 = 0xfa_0180;
    const RSQRT0: u32 = 0xfa_01a0;
    const SQRT0: u32 = 0xfa_0190;
    const DIV0: u32 = 0xfa_0170;
    const NEXP01: u32 = 0xfa_01b0;
    const MKSADJ: u32 = 0xfa_01c0;
    const MKDADJ: u32 = 0xfa_01d0;
    const ADDEXP: u32 = 0xfa_01e0;
    const ADDEXPM: u32 = 0xfa_01f0;
    const MEASURED: [[u32; 4]; 32] = [
        [RECIP0, 0, 0x001f_ffff, 0x7f80_0000],
        [RECIP0, 0, 0x8020_0000, 0xff7f_0000],
        [RECIP0, 0, 0x0080_0000, 0x7e7f_0000],
        [RECIP0, 0, 0x7e80_0000, 0x007f_8000],
        [RECIP0, 0, 0x7f7f_ffff, 0x0020_4000],
        [RECIP0, 0, 0x7f80_0000, 0x0000_0000],
        [RECIP0, 0, 0x7f80_0001, 0x7fff_8000],
        [RSQRT0, 0, 0x8000_0000, 0xff80_0000],
        [RSQRT0, 0, 0x8000_0001, 0xfff4_0000],
        [RSQRT0, 0, 0x3f80_0000, 0x3f7f_0000],
        [RSQRT0, 0, 0x401a_0000, 0x3f25_0000],
        [RSQRT0, 0, 0x407f_ffff, 0x3f00_0000],
        [RSQRT0, 0, 0x7f00_0000, 0x1fb4_0000],
        [RSQRT0, 0, 0x7ff2_0000, 0x7ffa_0000],
        [SQRT0, 0, 0x8000_0001, 0xbf34_0000],
        [SQRT0, 0, 0x8000_0002, 0xbf7f_0000],
        [SQRT0, 0, 0x7fff_ffff, 0x3f35_0000],
        [DIV0, 0, 0x8020_0000, 0xbf7f_0000],
        [DIV0, 0, 0x8040_0000, 0xbeff_0000],
        [DIV0, 0, 0xffff_ffff, 0xbf01_0000],
        [NEXP01, 0, 0x4049_0fdb, 0xc049_0fdb],
        [NEXP01, 0, 0x3f00_0000, 0xc000_0000],
        [NEXP01, 0, 0xff80_0000, 0x3f80_0000],
        [NEXP01, 0, 0x7f80_0001, 0xff80_0001],
        [MKSADJ, 0, 0x8000_0000, 0x43b7_c000],
        [MKSADJ, 0, 0x3f00_0000, 0x3b9d_c000],
        [MKSADJ, 0, 0xff80_0000, 0x4fb7_c000],
        [MKDADJ, 0x3f80_0000, 0x3f00_0000, 0x379d_c000],
        [MKDADJ, 0, 0xbf80_0000, 0x4bb7_c000],
        [ADDEXP, 0x1234_5678, 0x8000_0000, 0xd2b4_5678],
        [ADDEXPM, 0, 0x4049_0fdb, 0xd280_0000],
        [ADDEXPM, 0, 0x3f80_0000, 0x4080_0000],
    ];
    for [word, r, s, expected] in MEASURED {
        let (result, _) = Program::new(&[word], 0).floats(r, s, 0);
        assert_eq!(result, expected, "{word:x}, {r:x}, {s:x}");
    }
}

#[test]
fn disabled_coprocessor_raises_its_exception() {
    const ADD_S: u32 = 0x0a_0120;
    const UN_S: u32 = 0x1b_0120;
    const RUR_FSR: u32 = 0xe3_2e90;
    const WUR_FCR: u32 = 0xf3_e820;
    for word in [ADD_S, UN_S, RUR_FSR, WUR_FCR] {
        let mut program = Program::new(&[word], 0);
        (program.core.cpenable, program.core.ps) = (0xfe, 0);
        program.core.run(&mut program.code, &mut program.bus, 0, 1);
        assert_eq!(program.core.exccause, 32, "{word:x}");
        assert_eq!(program.core.epc[1], BASE, "{word:x}");
    }
}

proptest! {
    #[test]
    fn arithmetic_to_nearest_is_the_hosts(a: f32, b: f32, c: f32) {
        let words = [0x0a_0120, 0x1a_0120, 0x2a_0120, 0x4a_0120, 0x5a_0120];
        let expected = [a + b, a - b, a * b, a.mul_add(b, c), (-a).mul_add(b, c)];
        for (word, expected) in words.into_iter().zip(expected) {
            let mut program = Program::new(&[word], 0);
            let (result, _) = program.floats(c.to_bits(), a.to_bits(), b.to_bits());
            prop_assert_eq!(result, expected.to_bits(), "{:x}", word);
        }
    }

    #[test]
    fn no_operands_panic(word in 0u32..0x1_0000, fcr in 0u32..4, r: u32, s: u32, t: u32) {
        let fields = (word & 0xf000) << 8 | (word & 0xfff) << 4;
        for map in [0x0a_0000, 0x0b_0000] {
            let mut program = Program::new(&[fields | map], fcr);
            program.core.f = [r, s, t, r ^ s, s ^ t, r, t, s, r, s, t, r, s, t, r, s];
            program.core.run(&mut program.code, &mut program.bus, 0, 1);
        }
    }
}
