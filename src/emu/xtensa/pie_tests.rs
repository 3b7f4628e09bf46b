//! Tests of what the ESP32-S3's LX7 has beyond the LX6: its user registers, dedicated GPIO, vector instructions.

use super::decode::decode;
use super::decode::pie::rows;
use super::op::Op;
use super::{CodeCache, Core, CoreConfig, CoreModel, Exit};
use crate::emu::bus::Bus;
use crate::emu::soc::flat::Flat;

const BASE: u32 = 0x4037_8000;
const CPENABLE: u32 = 224;
const EXCCAUSE: u32 = 232;
const ILLEGAL: u32 = 0;
const COPROCESSOR_3_DISABLED: u32 = 35;
const GPIO_OUT: u32 = 12;
/// `ee.zero.q q0`.
const EE_ZERO_Q: u32 = 0xcd_7fa4;
/// `ee.ldf.128.ip` with all registers zero, four bytes.
const EE_LDF_128_IP: u32 = 0x8000_000e;

/// `wur.<number> a<t>`.
fn wur(number: u32, t: u32) -> u32 {
    0xf3_0000 | number << 8 | t << 4
}

/// `rur.<number> a<r>`.
fn rur(number: u32, r: u32) -> u32 {
    0xe3_0000 | r << 12 | number << 4
}

struct Fixture {
    core: Core,
    code: CodeCache,
    bus: Bus<Flat>,
}

impl Fixture {
    fn new(model: CoreModel, start: u32, program: &[u32]) -> Fixture {
        let mut bus = Flat::bus(BASE, 0x3000);
        let bytes: Vec<u8> = program
            .iter()
            .flat_map(|&word| word.to_le_bytes()[..decode(word, 0).len as usize].to_vec())
            .collect();
        Flat::load(&mut bus, start, &bytes);
        let mut core = Core::new(CoreConfig {
            model,
            index: 0,
            prid: 0,
            config_id: [0; 2],
            reset_vector: start,
            vecbase: BASE + 0x2000,
        });
        core.set_special_register(230, 0x2f, 0);
        Fixture {
            core,
            code: CodeCache::default(),
            bus,
        }
    }

    fn enable(mut self, coprocessors: u32) -> Self {
        self.core.set_special_register(CPENABLE, coprocessors, 0);
        self
    }

    fn run(&mut self, instructions: usize) -> Exit {
        let budget = instructions as u32;
        self.core.run(&mut self.code, &mut self.bus, 0, budget).0
    }

    /// The cause of the exception that the one instruction raised.
    fn cause(&mut self) -> Option<u32> {
        let start = self.core.pc;
        self.core.set_special_register(EXCCAUSE, 63, 0);
        assert_eq!(self.run(1), Exit::Budget, "at {start:#x}");
        let cause = self.core.special_register(EXCCAUSE, 0);
        cause.filter(|&cause| cause != 63)
    }
}

#[test]
fn the_vector_units_registers_have_their_widths_and_their_coprocessor() {
    for number in 0..19 {
        let program = [wur(number, 2), rur(number, 3)];
        let mut fixture = Fixture::new(CoreModel::Lx7, BASE, &program).enable(1 << 3);
        fixture.core.set_register(2, u32::MAX);
        fixture.run(2);
        let width = match number {
            1 | GPIO_OUT => 8,
            13 | 14 => 4,
            _ => 32,
        };
        assert_eq!(fixture.core.register(3), u32::MAX >> (32 - width));
        for access in program {
            let mut disabled = Fixture::new(CoreModel::Lx7, BASE, &[access]);
            let expected = (number != GPIO_OUT).then_some(COPROCESSOR_3_DISABLED);
            assert_eq!(disabled.cause(), expected, "register {number}");
        }
    }
}

#[test]
fn dedicated_gpio_needs_no_coprocessor() {
    // wur.gpio_out a2; ee.set_bit_gpio_out 0x81; ee.clr_bit_gpio_out 1; ee.wr_mask_gpio_out a3, a4; rur.gpio_out a5;
    // ee.get_gpio_in a6
    let program = [
        wur(GPIO_OUT, 2),
        0x75_4004 | 0x81 << 4,
        0x76_4004 | 1 << 4,
        0x72_4004 | 4 << 8 | 3 << 4,
        rur(GPIO_OUT, 5),
        0x65_0804 | 6 << 4,
    ];
    let mut fixture = Fixture::new(CoreModel::Lx7, BASE, &program);
    for (register, value) in [(2, 0x101), (3, 0xff), (4, 0x0c), (6, 9)] {
        fixture.core.set_register(register, value);
    }
    assert_eq!(fixture.run(program.len()), Exit::Budget);
    assert_eq!(fixture.core.register(5), 0x8c);
    assert_eq!(fixture.core.register(6), 0);
}

#[test]
fn vector_instructions_are_named_gaps_or_exceptions() {
    for (word, name) in [(EE_ZERO_Q, "ee.zero.q"), (EE_LDF_128_IP, "ee.ldf.128.ip")] {
        let mut enabled = Fixture::new(CoreModel::Lx7, BASE, &[word]).enable(1 << 3);
        assert_eq!(enabled.run(1), Exit::Unknown(word));
        assert_eq!(decode(word, BASE).disasm(BASE).to_string(), name);
        let mut disabled = Fixture::new(CoreModel::Lx7, BASE, &[word]).enable(1);
        assert_eq!(disabled.cause(), Some(COPROCESSOR_3_DISABLED), "{name}");
    }
}

#[test]
fn words_of_four_bytes_may_lie_in_two_pages() {
    for before in 1..4 {
        let start = BASE + 0x1000 - before;
        let mut fixture = Fixture::new(CoreModel::Lx7, start, &[EE_LDF_128_IP]).enable(1 << 3);
        assert_eq!(fixture.run(1), Exit::Unknown(EE_LDF_128_IP));
        // The long form of NOP runs.
        let mut nop = Fixture::new(
            CoreModel::Lx7,
            start,
            &[0xe601_000e, wur(231, 2), rur(231, 3)],
        );
        nop.core.set_register(2, 77);
        assert_eq!(nop.run(3), Exit::Budget);
        assert_eq!(nop.core.register(3), 77);
    }
}

#[test]
fn each_model_refuses_what_only_the_other_has() {
    let f64r_lo = rur(234, 3);
    assert_eq!(Fixture::new(CoreModel::Lx6, BASE, &[f64r_lo]).cause(), None);
    let mut lx7 = Fixture::new(CoreModel::Lx7, BASE, &[f64r_lo]);
    assert_eq!(lx7.cause(), Some(ILLEGAL));
    for word in [wur(GPIO_OUT, 2), 0x65_0804] {
        let mut lx6 = Fixture::new(CoreModel::Lx6, BASE, &[word]);
        assert_eq!(lx6.cause(), Some(ILLEGAL), "{word:#x}");
    }
    let mut lx6 = Fixture::new(CoreModel::Lx6, BASE, &[EE_ZERO_Q]);
    assert_eq!(lx6.run(1), Exit::Unknown(EE_ZERO_Q));
}

#[test]
fn vector_encodings_are_told_apart_from_each_other_and_from_the_base_map() {
    let rows: Vec<_> = rows().collect();
    assert_eq!(rows.len(), 216);
    for (index, &(bits, value, name)) in rows.iter().enumerate() {
        assert_eq!(value & !bits, 0, "{name}");
        for &(other_bits, other, other_name) in &rows[index + 1..] {
            let common = bits & other_bits;
            assert_ne!(value & common, other & common, "{name} and {other_name}");
        }
        // Whatever the operands are, no instruction of the base map is hidden by it or hides it.
        let mut operands = 0x2545_f491_u32;
        for _ in 0..64 {
            operands = operands.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let word = value | operands & !bits;
            let insn = decode(word, 0);
            assert_eq!(insn.op, Op::Pie, "{name} {word:#x}");
            assert_eq!(insn.len, if value & 0xf == 14 { 4 } else { 3 });
            assert_eq!(insn.disasm(0).to_string(), name);
        }
    }
}
