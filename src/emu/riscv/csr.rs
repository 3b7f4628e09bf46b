//! Control and status registers: which the ESP32-C3 has, who may touch them, and what they hold. Those that later cores
//! have besides: `extensions`.
//!
//! Source: ESP32-C3 technical reference manual, chapter "ESP-RISC-V CPU", section "Register Summary"; The RISC-V
//! Instruction Set Manual, volume II, for what the registers do.

use super::core::{Hart, Mode};
use super::counter::Counter;
use super::op::Op;

/// Numbers of the registers.
#[expect(missing_docs, reason = "the constants are the manuals' names")]
pub mod number {
    /// Not in the technical reference manual; the ROM's start code writes it (`_init` in the ESP32-C3 ROM ELF).
    pub const USTATUS: u16 = 0x000;
    pub const UIE: u16 = 0x004;
    pub const MSTATUS: u16 = 0x300;
    pub const MISA: u16 = 0x301;
    pub const MIE: u16 = 0x304;
    pub const MTVEC: u16 = 0x305;
    pub const MSCRATCH: u16 = 0x340;
    pub const MEPC: u16 = 0x341;
    pub const MCAUSE: u16 = 0x342;
    pub const MTVAL: u16 = 0x343;
    pub const MIP: u16 = 0x344;
    pub const PMPCFG0: u16 = 0x3a0;
    pub const PMPCFG3: u16 = 0x3a3;
    pub const PMPADDR0: u16 = 0x3b0;
    pub const PMPADDR15: u16 = 0x3bf;
    pub const TSELECT: u16 = 0x7a0;
    pub const TDATA1: u16 = 0x7a1;
    pub const TDATA2: u16 = 0x7a2;
    pub const TCONTROL: u16 = 0x7a5;
    pub const MPCER: u16 = 0x7e0;
    pub const MPCMR: u16 = 0x7e1;
    pub const MPCCR: u16 = 0x7e2;
    /// The user's counterparts of 0x7E0 to 0x7E2 (ESP-IDF `components/riscv/include/riscv/rv_utils.h`, CSR_PCCR_USER;
    /// the ROM enables the counter and reads it for its delays).
    pub const UPCER: u16 = 0x800;
    pub const UPCMR: u16 = 0x801;
    pub const UPCCR: u16 = 0x802;
    pub const CPU_GPIO_OEN: u16 = 0x803;
    pub const CPU_GPIO_IN: u16 = 0x804;
    pub const CPU_GPIO_OUT: u16 = 0x805;
    /// The current privilege mode (ESP-IDF `components/riscv/include/riscv/csr.h`, CSR_PRV_MODE).
    pub const PRV_MODE: u16 = 0x810;
    pub const PMACFG0: u16 = 0xbc0;
    pub const PMACFG15: u16 = 0xbcf;
    pub const PMAADDR0: u16 = 0xbd0;
    pub const PMAADDR15: u16 = 0xbdf;
    pub const MVENDORID: u16 = 0xf11;
    pub const MARCHID: u16 = 0xf12;
    pub const MIMPID: u16 = 0xf13;
    pub const MHARTID: u16 = 0xf14;
}

/// Bits of mstatus.
pub(super) mod status {
    /// Interrupts of user mode are enabled. The core has none; the bit holds what is written.
    pub const UIE: u32 = 1 << 0;
    /// Interrupts are enabled in machine mode.
    pub const MIE: u32 = 1 << 3;
    /// UIE before the trap.
    pub const UPIE: u32 = 1 << 4;
    /// MIE before the trap.
    pub const MPIE: u32 = 1 << 7;
    /// The mode before the trap: both bits for machine mode, none for user mode.
    pub const MPP: u32 = 3 << 11;
    /// The bit of MPP that can be written; the other follows it.
    pub const MPP_LOW: u32 = 1 << 11;
    /// WFI is illegal in user mode.
    pub const TW: u32 = 1 << 21;
    /// The bits that are there for user mode.
    pub const USER: u32 = UIE | UPIE;
    /// The bits that exist, but for MPP.
    pub const PLAIN: u32 = USER | MIE | MPIE | TW;
}

/// misa: 32 bits, extensions C, I, M and U.
const MISA: u32 = 0x4010_1104;
/// misa: extension A.
const MISA_ATOMIC: u32 = 1;
/// mtvec.MODE: vectored, the only one.
const VECTORED: u32 = 1;
/// mtvec.BASE: the table lies at a multiple of 256 bytes.
const VECTOR_BASE: u32 = !0xff;
/// mcause: the interrupt flag and five bits of the number.
const CAUSE_BITS: u32 = 1 << 31 | 0x1f;
/// mvendorid: Espressif, as JEDEC numbers it.
const VENDOR: u32 = 0x612;
/// marchid.
const ARCHITECTURE: u32 = 0x8000_0001;
/// mimpid.
const IMPLEMENTATION: u32 = 1;
/// Value of the privilege mode register in machine mode; zero in user mode.
const MACHINE_MODE: u32 = 3;

/// Bits of a register's number: not zero if only machine mode may touch it, as the core has no other modes between.
const PRIVILEGED: u16 = 3 << 8;
/// Bits of a register's number: all set if it is read-only.
const READ_ONLY: u16 = 3 << 10;

/// Number of debug triggers (ESP-IDF `components/soc/esp32c3/include/soc/soc_caps.h`, SOC_CPU_BREAKPOINTS_NUM).
const TRIGGERS: usize = 8;

/// Debug triggers: stored, not acted on.
#[derive(Debug, Clone, Default)]
pub(super) struct Triggers {
    select: u32,
    data: [[u32; 2]; TRIGGERS],
    control: u32,
}

impl Triggers {
    fn read(&self, index: usize) -> u32 {
        self.data[self.select as usize % TRIGGERS][index]
    }

    fn data(&mut self, index: usize) -> &mut u32 {
        &mut self.data[self.select as usize % TRIGGERS][index]
    }
}

/// Why a register cannot be accessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CsrFault {
    /// The core does not have it, or not for this mode or this kind of access.
    Illegal,
    /// The core has it, and this model does not have what is asked of it.
    NotModelled,
}

/// What a write means for the instructions that follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// Nothing.
    Plain,
    /// Interrupts may be enabled now, or memory protected.
    Control,
}

impl Hart {
    /// Carries out a CSR instruction given by its bits, at `cycles` since power-on.
    pub(super) fn csr_instruction(
        &mut self,
        op: Op,
        word: u32,
        cycles: u64,
    ) -> Result<Written, CsrFault> {
        let number = (word >> 20) as u16;
        let (rd, source) = (word as usize >> 7 & 31, word >> 15 & 31);
        let operand = match op {
            Op::Csrrw | Op::Csrrs | Op::Csrrc => self.x[source as usize],
            _ => source,
        };
        // Setting and clearing nothing is no write, and swapping into x0 no read.
        let swaps = matches!(op, Op::Csrrw | Op::Csrrwi);
        let writes = swaps || source != 0;
        if number & PRIVILEGED != 0 && self.mode == Mode::User {
            return Err(CsrFault::Illegal);
        }
        let read_only = number & READ_ONLY == READ_ONLY
            || matches!(number, number::CPU_GPIO_IN | number::PRV_MODE);
        if writes && read_only {
            return Err(CsrFault::Illegal);
        }
        let old = self.read_csr(number, cycles).ok_or(CsrFault::Illegal)?;
        let written = if writes {
            let value = match op {
                Op::Csrrs | Op::Csrrsi => old | operand,
                Op::Csrrc | Op::Csrrci => old & !operand,
                _ => operand,
            };
            self.write_csr(number, value, cycles)?
        } else {
            Written::Plain
        };
        self.set_register(rd, old);
        Ok(written)
    }

    /// The value of a register at `cycles` since power-on; `None` if the core does not have it.
    pub(super) fn read_csr(&self, number: u16, cycles: u64) -> Option<u32> {
        Some(match number {
            number::USTATUS => self.mstatus & status::USER,
            number::MSTATUS => self.mstatus,
            number::MISA if self.config.extensions.atomic => MISA | MISA_ATOMIC,
            number::MISA => MISA,
            number::MTVEC => self.mtvec | VECTORED,
            number::MSCRATCH => self.mscratch,
            number::MEPC => self.mepc,
            number::MCAUSE => self.mcause,
            number::MTVAL => self.mtval,
            number::PMPCFG0..=number::PMPCFG3 => {
                self.pmp.config(usize::from(number - number::PMPCFG0))
            }
            number::PMPADDR0..=number::PMPADDR15 => {
                self.pmp.address(usize::from(number - number::PMPADDR0))
            }
            number::TSELECT => self.triggers.select,
            number::TDATA1 => self.triggers.read(0),
            number::TDATA2 => self.triggers.read(1),
            number::TCONTROL => self.triggers.control,
            number::MPCER => self.machine_counter.events(),
            number::MPCMR => self.machine_counter.control(),
            number::MPCCR => self.machine_counter.count(cycles),
            number::UPCER => self.user_counter.events(),
            number::UPCMR => self.user_counter.control(),
            number::UPCCR => self.user_counter.count(cycles),
            number::CPU_GPIO_OEN => self.gpio_oen,
            number::CPU_GPIO_IN => self.gpio_in,
            number::CPU_GPIO_OUT => self.gpio_out,
            number::PRV_MODE if self.mode == Mode::Machine => MACHINE_MODE,
            number::PRV_MODE => 0,
            number::MVENDORID => VENDOR,
            number::MARCHID => ARCHITECTURE,
            number::MIMPID => IMPLEMENTATION,
            number::MHARTID => self.config.hart_id,
            _ => {
                let extensions = self.config.extensions;
                return self.extended.read(extensions, number, self.lines);
            }
        })
    }

    /// Writes a register at `cycles` since power-on.
    pub(super) fn write_csr(
        &mut self,
        number: u16,
        value: u32,
        cycles: u64,
    ) -> Result<Written, CsrFault> {
        match number {
            number::USTATUS => {
                self.mstatus = self.mstatus & !status::USER | value & status::USER;
            }
            number::MSTATUS => {
                self.mstatus = value & status::PLAIN;
                if value & status::MPP_LOW != 0 {
                    self.mstatus |= status::MPP;
                }
                return Ok(Written::Control);
            }
            // Which extensions the core has cannot be changed (inferred: the manual has fields to read only).
            number::MISA => {}
            number::MTVEC => self.mtvec = value & VECTOR_BASE,
            number::MSCRATCH => self.mscratch = value,
            number::MEPC => self.mepc = value & !1,
            number::MCAUSE => self.mcause = value & CAUSE_BITS,
            number::MTVAL => self.mtval = value,
            number::PMPCFG0..=number::PMPCFG3 => {
                self.pmp
                    .set_config(usize::from(number - number::PMPCFG0), value);
                return Ok(Written::Control);
            }
            number::PMPADDR0..=number::PMPADDR15 => {
                self.pmp
                    .set_address(usize::from(number - number::PMPADDR0), value);
                return Ok(Written::Control);
            }
            number::TSELECT => self.triggers.select = value % TRIGGERS as u32,
            number::TDATA1 => *self.triggers.data(0) = value,
            number::TDATA2 => *self.triggers.data(1) = value,
            number::TCONTROL => self.triggers.control = value,
            number::MPCER..=number::MPCCR => {
                write_counter(
                    &mut self.machine_counter,
                    number - number::MPCER,
                    value,
                    cycles,
                )?;
            }
            number::UPCER..=number::UPCCR => {
                write_counter(
                    &mut self.user_counter,
                    number - number::UPCER,
                    value,
                    cycles,
                )?;
            }
            number::CPU_GPIO_OEN => self.gpio_oen = value,
            number::CPU_GPIO_OUT => self.gpio_out = value,
            _ => {
                let extensions = self.config.extensions;
                if !self.extended.write(extensions, number, value) {
                    return Err(CsrFault::Illegal);
                }
                return Ok(Written::Control);
            }
        }
        Ok(Written::Plain)
    }
}

/// Writes the events, the control or the count (0 to 2) of a performance counter.
fn write_counter(
    counter: &mut Counter,
    register: u16,
    value: u32,
    cycles: u64,
) -> Result<(), CsrFault> {
    match register {
        0 if !counter.set_events(value, cycles) => return Err(CsrFault::NotModelled),
        0 => {}
        1 => counter.set_control(value, cycles),
        _ => counter.set_count(value, cycles),
    }
    Ok(())
}

/// The registers that have a name of their own; the protection registers are numbered.
const NAMES: [(u16, &str); 26] = [
    (number::USTATUS, "ustatus"),
    (number::MSTATUS, "mstatus"),
    (number::MISA, "misa"),
    (number::MTVEC, "mtvec"),
    (number::MSCRATCH, "mscratch"),
    (number::MEPC, "mepc"),
    (number::MCAUSE, "mcause"),
    (number::MTVAL, "mtval"),
    (number::TSELECT, "tselect"),
    (number::TDATA1, "tdata1"),
    (number::TDATA2, "tdata2"),
    (number::TCONTROL, "tcontrol"),
    (number::MPCER, "mpcer"),
    (number::MPCMR, "mpcmr"),
    (number::MPCCR, "mpccr"),
    (number::UPCER, "upcer"),
    (number::UPCMR, "upcmr"),
    (number::UPCCR, "upccr"),
    (number::CPU_GPIO_OEN, "cpu_gpio_oen"),
    (number::CPU_GPIO_IN, "cpu_gpio_in"),
    (number::CPU_GPIO_OUT, "cpu_gpio_out"),
    (number::PRV_MODE, "prv_mode"),
    (number::MVENDORID, "mvendorid"),
    (number::MARCHID, "marchid"),
    (number::MIMPID, "mimpid"),
    (number::MHARTID, "mhartid"),
];

/// The name of a register, or its number in hexadecimal where the core has no such register.
pub fn name(number: u16) -> String {
    if let Some(&(_, name)) = NAMES.iter().find(|(known, _)| *known == number) {
        return name.to_owned();
    }
    match number {
        number::MIE => "mie".to_owned(),
        number::MIP => "mip".to_owned(),
        number::UIE => "uie".to_owned(),
        number::PMPCFG0..=number::PMPCFG3 => format!("pmpcfg{}", number - number::PMPCFG0),
        number::PMPADDR0..=number::PMPADDR15 => format!("pmpaddr{}", number - number::PMPADDR0),
        _ => format!("{number:#x}"),
    }
}

/// The numbers of all registers of the core.
pub fn numbers() -> impl Iterator<Item = u16> {
    let named = NAMES.iter().map(|&(number, _)| number);
    named
        .chain(number::PMPCFG0..=number::PMPCFG3)
        .chain(number::PMPADDR0..=number::PMPADDR15)
}
