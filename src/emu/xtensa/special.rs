//! Special and user registers.

use super::code::Slot;
use super::core::{Core, CoreModel, PS_MASK};
use super::exception::Cause;
use super::op::Op;

/// Special register numbers (Xtensa ISA reference manual; `xtensa/config/specreg.h`).
mod sr {
    pub const LBEG: u32 = 0;
    pub const LEND: u32 = 1;
    pub const LCOUNT: u32 = 2;
    pub const SAR: u32 = 3;
    pub const BR: u32 = 4;
    pub const SCOMPARE1: u32 = 12;
    pub const ACCLO: u32 = 16;
    pub const ACCHI: u32 = 17;
    pub const MR0: u32 = 32;
    pub const MR3: u32 = 35;
    pub const WINDOWBASE: u32 = 72;
    pub const WINDOWSTART: u32 = 73;
    pub const ERACCESS: u32 = 95;
    pub const IBREAKENABLE: u32 = 96;
    pub const MEMCTL: u32 = 97;
    pub const ATOMCTL: u32 = 99;
    pub const DDR: u32 = 104;
    pub const IBREAKA0: u32 = 128;
    pub const IBREAKA1: u32 = 129;
    pub const DBREAKA0: u32 = 144;
    pub const DBREAKA1: u32 = 145;
    pub const DBREAKC0: u32 = 160;
    pub const DBREAKC1: u32 = 161;
    pub const CONFIGID0: u32 = 176;
    pub const EPC1: u32 = 177;
    pub const EPC7: u32 = 183;
    pub const DEPC: u32 = 192;
    pub const EPS2: u32 = 194;
    pub const EPS7: u32 = 199;
    pub const CONFIGID1: u32 = 208;
    pub const EXCSAVE1: u32 = 209;
    pub const EXCSAVE7: u32 = 215;
    pub const CPENABLE: u32 = 224;
    /// INTERRUPT when read, INTSET when written.
    pub const INTERRUPT: u32 = 226;
    pub const INTCLEAR: u32 = 227;
    pub const INTENABLE: u32 = 228;
    pub const PS: u32 = 230;
    pub const VECBASE: u32 = 231;
    pub const EXCCAUSE: u32 = 232;
    pub const DEBUGCAUSE: u32 = 233;
    pub const CCOUNT: u32 = 234;
    pub const PRID: u32 = 235;
    pub const ICOUNT: u32 = 236;
    pub const ICOUNTLEVEL: u32 = 237;
    pub const EXCVADDR: u32 = 238;
    pub const CCOMPARE0: u32 = 240;
    pub const CCOMPARE2: u32 = 242;
    pub const MISC0: u32 = 244;
    pub const MISC3: u32 = 247;
}

/// User register numbers.
mod ur {
    /// Single-bit expected state of GPIO_OUT (ESP32 `core-isa.h`, TIE port).
    pub const LX6_GPIO_OUT: u32 = 0;
    // The LX7's (ESP32-S3 `tie.h`).
    pub const ACCX_0: u32 = 0;
    pub const ACCX_1: u32 = 1;
    /// Outputs of the dedicated GPIO instructions.
    pub const GPIO_OUT: u32 = 12;
    pub const SAR_BYTE: u32 = 13;
    pub const FFT_BIT_WIDTH: u32 = 14;
    pub const UA_STATE_3: u32 = 18;
    pub const THREADPTR: u32 = 231;
    pub const FCR: u32 = 232;
    pub const FSR: u32 = 233;
    pub const F64R_LO: u32 = 234;
    pub const F64S: u32 = 236;
}

/// What a write of a special register means for the run loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Nothing but the value changed.
    Plain,
    /// Interrupts or the window may act differently now.
    Control,
    /// The next timer match is another one.
    Timer,
    /// LEND changed.
    LoopEnd,
    /// There is no such register.
    Illegal,
}

impl Core {
    /// Reads special register `number` at `cycles` since power-on; `None` if there is none.
    pub(super) fn read_special(&self, number: u32, cycles: u64) -> Option<u32> {
        let value = match number {
            sr::LBEG => self.lbeg,
            sr::LEND => self.lend,
            sr::LCOUNT => self.lcount,
            sr::SAR => self.sar,
            sr::BR => self.br,
            sr::SCOMPARE1 => self.scompare1,
            sr::ACCLO => self.acc as u32,
            sr::ACCHI => (self.acc >> 32) as u8 as i8 as u32,
            sr::MR0..=sr::MR3 => self.mr[(number - sr::MR0) as usize],
            sr::WINDOWBASE => self.window_base,
            sr::WINDOWSTART => self.window_start,
            sr::CONFIGID0 => self.config.config_id[0],
            sr::CONFIGID1 => self.config.config_id[1],
            sr::EPC1..=sr::EPC7 => self.epc[(number - sr::EPC1 + 1) as usize],
            sr::DEPC => self.epc[0],
            sr::EPS2..=sr::EPS7 => self.eps[(number - sr::EPS2 + 2) as usize],
            sr::EXCSAVE1..=sr::EXCSAVE7 => self.excsave[(number - sr::EXCSAVE1 + 1) as usize],
            sr::CPENABLE => self.cpenable,
            sr::INTERRUPT => self.interrupts.pending(),
            sr::INTENABLE => self.interrupts.enable,
            sr::PS => self.ps,
            sr::VECBASE => self.vecbase,
            sr::EXCCAUSE => self.exccause,
            sr::DEBUGCAUSE => self.debugcause,
            sr::CCOUNT => self.ccount_at(cycles),
            sr::PRID => self.config.prid,
            sr::EXCVADDR => self.excvaddr,
            sr::CCOMPARE0..=sr::CCOMPARE2 => self.ccompare[(number - sr::CCOMPARE0) as usize],
            sr::MISC0..=sr::MISC3 => self.misc[(number - sr::MISC0) as usize],
            _ => return self.read_debug(number),
        };
        Some(value)
    }

    fn read_debug(&self, number: u32) -> Option<u32> {
        Some(match number {
            sr::IBREAKENABLE => self.debug.ibreakenable,
            sr::MEMCTL => self.debug.memctl,
            sr::ERACCESS if self.config.model == CoreModel::Lx7 => self.debug.eraccess,
            sr::ATOMCTL => self.debug.atomctl,
            sr::DDR => self.debug.ddr,
            sr::IBREAKA0 | sr::IBREAKA1 => self.debug.ibreaka[(number & 1) as usize],
            sr::DBREAKA0 | sr::DBREAKA1 => self.debug.dbreaka[(number & 1) as usize],
            sr::DBREAKC0 | sr::DBREAKC1 => self.debug.dbreakc[(number & 1) as usize],
            sr::ICOUNT => self.debug.icount,
            sr::ICOUNTLEVEL => self.debug.icountlevel,
            _ => return None,
        })
    }

    /// Writes special register `number` at `cycles` since power-on.
    pub(super) fn write_special(&mut self, number: u32, value: u32, cycles: u64) -> Written {
        match number {
            sr::LBEG => self.lbeg = value,
            sr::LEND => {
                self.lend = value;
                return Written::LoopEnd;
            }
            sr::LCOUNT => self.lcount = value,
            sr::SAR => self.sar = value & 0x3f,
            sr::BR => self.br = value & 0xffff,
            sr::SCOMPARE1 => self.scompare1 = value,
            sr::ACCLO => self.acc = self.acc & !0xffff_ffff | u64::from(value),
            sr::ACCHI => self.acc = self.acc & 0xffff_ffff | u64::from(value & 0xff) << 32,
            sr::MR0..=sr::MR3 => self.mr[(number - sr::MR0) as usize] = value,
            sr::EPC1..=sr::EPC7 => self.epc[(number - sr::EPC1 + 1) as usize] = value,
            sr::DEPC => self.epc[0] = value,
            sr::EPS2..=sr::EPS7 => self.eps[(number - sr::EPS2 + 2) as usize] = value & PS_MASK,
            sr::EXCSAVE1..=sr::EXCSAVE7 => {
                self.excsave[(number - sr::EXCSAVE1 + 1) as usize] = value
            }
            sr::VECBASE => self.vecbase = value & !0x3ff,
            sr::EXCCAUSE => self.exccause = value & 0x3f,
            sr::EXCVADDR => self.excvaddr = value,
            sr::MISC0..=sr::MISC3 => self.misc[(number - sr::MISC0) as usize] = value,
            sr::CPENABLE => self.cpenable = value & 0xff,
            _ => return self.write_control(number, value, cycles),
        }
        Written::Plain
    }

    fn write_control(&mut self, number: u32, value: u32, cycles: u64) -> Written {
        match number {
            sr::WINDOWBASE => self.set_window_base(value & 0xf),
            sr::WINDOWSTART => self.set_window_start(value),
            sr::INTERRUPT => self.interrupts.set(value),
            sr::INTCLEAR => self.interrupts.clear(value),
            sr::INTENABLE => self.interrupts.enable = value,
            sr::PS => {
                self.ps = value & PS_MASK;
                self.update_window_limit();
            }
            sr::CCOUNT => {
                self.ccount_offset = value.wrapping_sub(cycles as u32);
                return Written::Timer;
            }
            sr::CCOMPARE0..=sr::CCOMPARE2 => {
                let n = (number - sr::CCOMPARE0) as usize;
                self.ccompare[n] = value;
                self.interrupts.timer_acknowledged(n);
                return Written::Timer;
            }
            _ => return self.write_debug(number, value),
        }
        Written::Control
    }

    fn write_debug(&mut self, number: u32, value: u32) -> Written {
        match number {
            sr::IBREAKENABLE => self.debug.ibreakenable = value & 3,
            sr::MEMCTL => self.debug.memctl = value,
            sr::ERACCESS if self.config.model == CoreModel::Lx7 => self.debug.eraccess = value,
            sr::ATOMCTL => self.debug.atomctl = value & 0x3f,
            sr::DDR => self.debug.ddr = value,
            sr::IBREAKA0 | sr::IBREAKA1 => self.debug.ibreaka[(number & 1) as usize] = value,
            sr::DBREAKA0 | sr::DBREAKA1 => self.debug.dbreaka[(number & 1) as usize] = value,
            sr::DBREAKC0 | sr::DBREAKC1 => self.debug.dbreakc[(number & 1) as usize] = value,
            sr::ICOUNT => self.debug.icount = value,
            sr::ICOUNTLEVEL => self.debug.icountlevel = value & 0xf,
            _ => return Written::Illegal,
        }
        Written::Plain
    }

    /// The exception of an access to user register `number` if its coprocessor is switched off.
    pub(super) fn user_disabled(&self, number: u32) -> Option<Cause> {
        match number {
            ur::FCR | ur::FSR => self.coprocessor_disabled(),
            // GPIO_OUT belongs to no coprocessor (`tie.h` of the ESP32-S3 does not list it under one).
            ur::GPIO_OUT => None,
            _ if self.pie_width(number).is_some() => self.vectors_disabled(),
            _ => None,
        }
    }

    /// Bits of one of the LX7's own user registers (`tie.h` of the ESP32-S3).
    fn pie_width(&self, number: u32) -> Option<u32> {
        match number {
            _ if self.config.model == CoreModel::Lx6 => None,
            ur::ACCX_1 | ur::GPIO_OUT => Some(8),
            ur::SAR_BYTE | ur::FFT_BIT_WIDTH => Some(4),
            ur::ACCX_0..=ur::UA_STATE_3 => Some(32),
            _ => None,
        }
    }

    /// Reads user register `number`.
    pub(super) fn read_user(&self, number: u32) -> Option<u32> {
        if self.pie_width(number).is_some() {
            return self.pie.get(number as usize).copied();
        }
        match number {
            ur::LX6_GPIO_OUT if self.is_lx6() => Some(0),
            ur::THREADPTR => Some(self.threadptr),
            ur::FCR => Some(self.fcr),
            ur::FSR => Some(self.fsr),
            ur::F64R_LO..=ur::F64S if self.is_lx6() => {
                Some(self.f64_accel[(number - ur::F64R_LO) as usize])
            }
            _ => None,
        }
    }

    /// Writes user register `number`; false if there is none.
    pub(super) fn write_user(&mut self, number: u32, value: u32) -> bool {
        if let Some(width) = self.pie_width(number) {
            if let Some(register) = self.pie.get_mut(number as usize) {
                *register = value & u32::MAX >> (32 - width);
            }
            return true;
        }
        match number {
            ur::LX6_GPIO_OUT if self.is_lx6() => {}
            ur::THREADPTR => self.threadptr = value,
            ur::FCR => self.fcr = value & 0x7f,
            ur::FSR => self.fsr = value & 0xf80,
            ur::F64R_LO..=ur::F64S if self.is_lx6() => {
                self.f64_accel[(number - ur::F64R_LO) as usize] = value;
            }
            _ => return false,
        }
        true
    }

    /// The dedicated GPIO instructions. The pads behind them are not modelled: outputs are kept, inputs are low.
    pub(super) fn dedicated_gpio(&mut self, slot: Slot) -> Result<(), Cause> {
        if self.is_lx6() {
            return Err(Cause::IllegalInstruction);
        }
        let (s, t) = ((slot.s & 15) as usize, (slot.t & 15) as usize);
        let output = self.pie[ur::GPIO_OUT as usize];
        let output = match slot.op {
            Op::EeWrMaskGpioOut => output & !self.a[s] | self.a[t] & self.a[s],
            Op::EeSetBitGpioOut => output | slot.imm,
            Op::EeClrBitGpioOut => output & !slot.imm,
            _ => {
                self.a[t] = 0;
                return Ok(());
            }
        };
        self.pie[ur::GPIO_OUT as usize] = output & 0xff;
        Ok(())
    }

    fn is_lx6(&self) -> bool {
        self.config.model == CoreModel::Lx6
    }
}
