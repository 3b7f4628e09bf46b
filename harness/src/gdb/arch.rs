//! The ESP32's cores as GDB knows them: its registers, their order and numbers.
//!
//! Source: Espressif's configuration of GDB, repository espressif/xtensa-overlays, `xtensa_esp32/gdb/gdb/
//! xtensa-config.c`: registers 0 to 104 are the program's own and travel in `g` packets; the rest is asked for one by
//! one. All have 32 bits here; the views of parts of registers behind number 172 are computed by GDB itself.

use std::num::NonZeroUsize;

use cloneproof::emu::xtensa::{Core, PHYSICAL_REGISTERS};
use gdbstub::arch::{Arch, RegId, Registers};

/// Registers of a `g` packet.
pub const PROGRAM_REGISTERS: usize = 105;
/// Numbers up to which registers exist.
const ALL_REGISTERS: usize = 173;

/// An LX6 core of the ESP32.
#[derive(Debug)]
pub enum Lx6 {}

impl Arch for Lx6 {
    type Usize = u32;
    type Registers = ProgramRegisters;
    type BreakpointKind = usize;
    type RegId = Register;
}

/// A register by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Register {
    /// The program counter.
    Pc,
    /// A physical address register (`ar0`).
    Physical(u8),
    /// An address register of the current window (`a0`).
    Window(u8),
    /// A special register, by the number of RSR.
    Special(u8),
    /// A user register, by the number of RUR.
    User(u8),
    /// A floating-point register.
    Float(u8),
}

use Register::{Float, Physical, Special, User, Window};

const FIRST_PHYSICAL: usize = 1;
const FIRST_NAMED: usize = FIRST_PHYSICAL + PHYSICAL_REGISTERS;
const FIRST_FLOAT: usize = FIRST_NAMED + NAMED.len();
const FIRST_PRIVILEGED: usize = FIRST_FLOAT + 16 + FLOAT_CONTROL.len();
const FIRST_WINDOW: usize = FIRST_PRIVILEGED + PRIVILEGED.len();

/// lbeg, lend, lcount, sar, windowbase, windowstart, configid0, configid1, ps, threadptr, br, scompare1, acclo, acchi,
/// m0 to m3, expstate, f64r_lo, f64r_hi, f64s.
const NAMED: [Register; 22] = [
    Special(0),
    Special(1),
    Special(2),
    Special(3),
    Special(72),
    Special(73),
    Special(176),
    Special(208),
    Special(230),
    User(231),
    Special(4),
    Special(12),
    Special(16),
    Special(17),
    Special(32),
    Special(33),
    Special(34),
    Special(35),
    User(230),
    User(234),
    User(235),
    User(236),
];

/// fcr, fsr.
const FLOAT_CONTROL: [Register; 2] = [User(232), User(233)];

/// Special registers of the operating system: mmid, ibreakenable, memctl, atomctl, ddr, ibreaka0-1, dbreaka0-1,
/// dbreakc0-1, epc1-7, depc, eps2-7, excsave1-7, cpenable, interrupt, intset, intclear, intenable, vecbase, exccause,
/// debugcause, ccount, prid, icount, icountlevel, excvaddr, ccompare0-2, misc0-3.
const PRIVILEGED: [u8; 52] = [
    89, 96, 97, 99, 104, 128, 129, 144, 145, 160, 161, 177, 178, 179, 180, 181, 182, 183, 192, 194,
    195, 196, 197, 198, 199, 209, 210, 211, 212, 213, 214, 215, 224, 226, 226, 227, 228, 231, 232,
    233, 234, 235, 236, 237, 238, 240, 241, 242, 244, 245, 246, 247,
];

impl Register {
    /// The register of a number of GDB.
    pub fn from_number(number: usize) -> Option<Register> {
        let small = |base: usize| (number - base) as u8;
        Some(match number {
            0 => Register::Pc,
            FIRST_PHYSICAL..FIRST_NAMED => Physical(small(FIRST_PHYSICAL)),
            FIRST_NAMED..FIRST_FLOAT => NAMED[number - FIRST_NAMED],
            FIRST_FLOAT..PROGRAM_REGISTERS => match number - FIRST_FLOAT {
                index @ 0..16 => Float(index as u8),
                index => FLOAT_CONTROL[index - 16],
            },
            FIRST_PRIVILEGED..FIRST_WINDOW => Special(PRIVILEGED[number - FIRST_PRIVILEGED]),
            FIRST_WINDOW..ALL_REGISTERS => Window(small(FIRST_WINDOW)),
            _ => return None,
        })
    }

    /// Its value in a core at `cycles` since power-on; what cannot be read is 0.
    pub fn read(self, core: &Core, cycles: u64) -> u32 {
        match self {
            Register::Pc => core.pc,
            Physical(index) => core.physical_registers()[usize::from(index) % PHYSICAL_REGISTERS],
            Window(index) => core.register(usize::from(index)),
            Special(number) => core
                .special_register(u32::from(number), cycles)
                .unwrap_or(0),
            User(number) => core.user_register(u32::from(number)).unwrap_or(0),
            Float(index) => core.float_register(usize::from(index)),
        }
    }

    /// Writes it as software would; what cannot be written stays.
    pub fn write(self, core: &mut Core, cycles: u64, value: u32) {
        match self {
            Register::Pc => core.set_pc(value),
            Physical(index) => core.set_physical_register(usize::from(index), value),
            Window(index) => core.set_register(usize::from(index), value),
            Special(number) => {
                core.set_special_register(u32::from(number), value, cycles);
            }
            User(number) => {
                core.set_user_register(u32::from(number), value);
            }
            Float(index) => core.set_float_register(usize::from(index), value),
        }
    }
}

impl RegId for Register {
    fn from_raw_id(id: usize) -> Option<(Self, Option<NonZeroUsize>)> {
        Some((Register::from_number(id)?, NonZeroUsize::new(4)))
    }
}

/// The registers of a `g` packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramRegisters(pub [u32; PROGRAM_REGISTERS]);

impl Default for ProgramRegisters {
    fn default() -> Self {
        ProgramRegisters([0; PROGRAM_REGISTERS])
    }
}

impl ProgramRegisters {
    /// Those of a core.
    pub fn of(core: &Core, cycles: u64) -> ProgramRegisters {
        ProgramRegisters(std::array::from_fn(|number| {
            Register::from_number(number).map_or(0, |register| register.read(core, cycles))
        }))
    }

    /// Writes those that differ from what the core has.
    pub fn write_to(&self, core: &mut Core, cycles: u64) {
        let before = ProgramRegisters::of(core, cycles);
        for (number, (&value, old)) in self.0.iter().zip(before.0).enumerate() {
            if let Some(register) = Register::from_number(number).filter(|_| value != old) {
                register.write(core, cycles, value);
            }
        }
    }
}

impl Registers for ProgramRegisters {
    type ProgramCounter = u32;

    fn pc(&self) -> u32 {
        self.0[0]
    }

    fn gdb_serialize(&self, mut write_byte: impl FnMut(Option<u8>)) {
        for byte in self.0.iter().flat_map(|value| value.to_le_bytes()) {
            write_byte(Some(byte));
        }
    }

    fn gdb_deserialize(&mut self, bytes: &[u8]) -> Result<(), ()> {
        if bytes.len() != PROGRAM_REGISTERS * 4 {
            return Err(());
        }
        for (value, bytes) in self.0.iter_mut().zip(bytes.chunks_exact(4)) {
            *value = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloneproof::emu::xtensa::{CoreConfig, CoreModel};

    #[test]
    fn numbers_are_those_of_gdb() {
        // Number, register: from the table named in the header.
        for (number, register) in [
            (0, Register::Pc),
            (1, Physical(0)),
            (64, Physical(63)),
            (65, Special(0)),
            (69, Special(72)),
            (70, Special(73)),
            (73, Special(230)),
            (74, User(231)),
            (83, User(230)),
            (87, Float(0)),
            (102, Float(15)),
            (103, User(232)),
            (104, User(233)),
            (105, Special(89)),
            (116, Special(177)),
            (123, Special(192)),
            (130, Special(209)),
            (138, Special(226)),
            (143, Special(232)),
            (149, Special(238)),
            (156, Special(247)),
            (157, Window(0)),
            (172, Window(15)),
        ] {
            assert_eq!(Register::from_number(number), Some(register), "{number}");
        }
        assert_eq!(Register::from_number(ALL_REGISTERS), None);
        assert_eq!(FIRST_PRIVILEGED, PROGRAM_REGISTERS);
        assert_eq!(FIRST_WINDOW + 16, ALL_REGISTERS);
    }

    #[test]
    fn a_packet_comes_back_as_it_went() {
        let config = CoreConfig {
            model: CoreModel::Lx6,
            index: 0,
            prid: 0xcdcd,
            config_id: [1, 2],
            reset_vector: 0x4000_0400,
            vecbase: 0x4000_0000,
        };
        let mut core = Core::new(config);
        let mut registers = ProgramRegisters::of(&core, 0);
        assert_eq!(registers.pc(), 0x4000_0400);
        registers.0[0] = 0x400d_0000;
        registers.0[1 + 7] = 77;
        registers.0[69] = 1;
        let mut bytes = Vec::new();
        registers.gdb_serialize(|byte| bytes.extend(byte));
        let mut read = ProgramRegisters::default();
        assert!(read.gdb_deserialize(&bytes[1..]).is_err());
        assert!(read.gdb_deserialize(&bytes).is_ok());
        read.write_to(&mut core, 0);
        assert_eq!(ProgramRegisters::of(&core, 0), registers);
        // ar7 is a3 of the window at group 1.
        assert_eq!((core.pc, core.register(3)), (0x400d_0000, 77));
    }
}
