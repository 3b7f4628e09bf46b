//! The instructions that a RISC-V core executes inside a page of code.

use super::code::Slot;
use super::core::{Hart, Mode};
use super::csr::{CsrFault, Written, status};
use super::op::Op;
use super::pmp::access;
use super::run::PageExit;
use super::trap::Cause;
use crate::emu::bus::{At, Bus, Flow, System};
use crate::emu::cpu::Exit;

impl Hart {
    /// Runs from `first` on, which is the instruction at the pc, until the pc leaves `slots`, which begin at the address
    /// `base`, or something else is due.
    #[inline(never)]
    pub(super) fn run_page<S: System>(
        &mut self,
        bus: &mut Bus<S>,
        slots: &[Slot],
        base: u32,
        first: &Slot,
        remaining: &mut u32,
    ) -> PageExit {
        // By reference: what an instruction does not use is not loaded.
        let mut slot = first;
        let mut pc = self.pc;
        let mut n = *remaining;

        let exit = loop {
            let mut next = pc.wrapping_add(slot.len());

            macro_rules! rs1 {
                () => {
                    self.x[(slot.rs1 & 31) as usize]
                };
            }
            macro_rules! rs2 {
                () => {
                    self.x[(slot.rs2 & 31) as usize]
                };
            }
            // The result of an operation that is not decoded as such for x0.
            macro_rules! set {
                ($value:expr) => {{
                    let value = $value;
                    self.x[slot.rd()] = value;
                }};
            }
            // A result that may go to x0, beside an effect.
            macro_rules! set_any {
                ($value:expr) => {{
                    set!($value);
                    self.x[0] = 0;
                }};
            }
            // Ends the run with an exception at this instruction.
            macro_rules! trap {
                ($cause:expr, $value:expr) => {{
                    self.pc = pc;
                    self.raise($cause, $value);
                    pc = self.pc;
                    n -= 1;
                    break if n == 0 {
                        PageExit::Exit(Exit::Budget)
                    } else {
                        PageExit::Leave
                    };
                }};
            }
            // Ends the run behind this instruction.
            macro_rules! finish {
                ($exit:expr) => {{
                    pc = next;
                    n -= 1;
                    break $exit;
                }};
            }
            macro_rules! branch {
                ($condition:expr) => {
                    if $condition {
                        next = pc.wrapping_add(slot.imm);
                    }
                };
            }
            macro_rules! at {
                () => {
                    At {
                        core: self.config.index,
                        pc,
                        remaining: n,
                    }
                };
            }
            macro_rules! permit {
                ($address:expr, $size:expr, $access:expr, $cause:expr) => {
                    if !self.pmp.allows($address, $size, $access)
                        && !self.pmp.permits($address, $size, $access)
                    {
                        trap!($cause, $address);
                    }
                };
            }
            macro_rules! load {
                ($load:ident, $size:expr, $convert:expr) => {{
                    let address = rs1!().wrapping_add(slot.imm);
                    permit!(address, $size, access::READ, Cause::LoadAccessFault);
                    match bus.$load(address, at!()) {
                        Ok((value, flow)) => {
                            set_any!($convert(value));
                            if flow == Flow::Attention {
                                finish!(PageExit::Exit(Exit::Attention));
                            }
                        }
                        Err(_) => trap!(Cause::LoadAccessFault, address),
                    }
                }};
            }
            macro_rules! store {
                ($store:ident, $size:expr) => {{
                    let address = rs1!().wrapping_add(slot.imm);
                    permit!(address, $size, access::WRITE, Cause::StoreAccessFault);
                    match bus.$store(address, rs2!(), at!()) {
                        Ok(Flow::Continue) => {}
                        Ok(Flow::Attention) => finish!(PageExit::Exit(Exit::Attention)),
                        Err(_) => trap!(Cause::StoreAccessFault, address),
                    }
                }};
            }

            match slot.op {
                Op::Undecoded => break PageExit::Decode,
                Op::Straddle => break PageExit::Straddle,
                Op::Nothing | Op::Fence | Op::FenceI => {}
                Op::Illegal => trap!(Cause::IllegalInstruction, slot.imm),

                Op::Lui => set!(slot.imm),
                Op::Auipc => set!(pc.wrapping_add(slot.imm)),
                Op::Jal => {
                    set_any!(next);
                    next = pc.wrapping_add(slot.imm);
                    if next == pc {
                        // Only an interrupt ends this loop, and none comes before the slice is over.
                        n = 1;
                    }
                }
                Op::Jalr => {
                    let target = rs1!().wrapping_add(slot.imm) & !1;
                    set_any!(next);
                    next = target;
                }

                Op::Beq => branch!(rs1!() == rs2!()),
                Op::Bne => branch!(rs1!() != rs2!()),
                Op::Blt => branch!((rs1!() as i32) < rs2!() as i32),
                Op::Bge => branch!(rs1!() as i32 >= rs2!() as i32),
                Op::Bltu => branch!(rs1!() < rs2!()),
                Op::Bgeu => branch!(rs1!() >= rs2!()),

                Op::Lb => load!(load8, 1, |value| i32::from(value as i8) as u32),
                Op::Lh => load!(load16, 2, |value| i32::from(value as i16) as u32),
                Op::Lw => load!(load32, 4, |value| value),
                Op::Lbu => load!(load8, 1, |value| value),
                Op::Lhu => load!(load16, 2, |value| value),
                Op::Sb => store!(store8, 1),
                Op::Sh => store!(store16, 2),
                Op::Sw => store!(store32, 4),

                Op::Addi => set!(rs1!().wrapping_add(slot.imm)),
                Op::Slti => set!(u32::from((rs1!() as i32) < slot.imm as i32)),
                Op::Sltiu => set!(u32::from(rs1!() < slot.imm)),
                Op::Xori => set!(rs1!() ^ slot.imm),
                Op::Ori => set!(rs1!() | slot.imm),
                Op::Andi => set!(rs1!() & slot.imm),
                Op::Slli => set!(rs1!() << (slot.imm & 31)),
                Op::Srli => set!(rs1!() >> (slot.imm & 31)),
                Op::Srai => set!((rs1!() as i32 >> (slot.imm & 31)) as u32),

                Op::Add => set!(rs1!().wrapping_add(rs2!())),
                Op::Sub => set!(rs1!().wrapping_sub(rs2!())),
                Op::Sll => set!(rs1!() << (rs2!() & 31)),
                Op::Slt => set!(u32::from((rs1!() as i32) < rs2!() as i32)),
                Op::Sltu => set!(u32::from(rs1!() < rs2!())),
                Op::Xor => set!(rs1!() ^ rs2!()),
                Op::Srl => set!(rs1!() >> (rs2!() & 31)),
                Op::Sra => set!((rs1!() as i32 >> (rs2!() & 31)) as u32),
                Op::Or => set!(rs1!() | rs2!()),
                Op::And => set!(rs1!() & rs2!()),

                Op::Mul => set!(rs1!().wrapping_mul(rs2!())),
                Op::Mulh => set!(high(i64::from(rs1!() as i32) * i64::from(rs2!() as i32))),
                Op::Mulhsu => set!(high(i64::from(rs1!() as i32) * i64::from(rs2!()))),
                Op::Mulhu => set!(((u64::from(rs1!()) * u64::from(rs2!())) >> 32) as u32),
                Op::Div => set!(divide(rs1!() as i32, rs2!() as i32)),
                Op::Divu => set!(rs1!().checked_div(rs2!()).unwrap_or(u32::MAX)),
                Op::Rem => set!(remainder(rs1!() as i32, rs2!() as i32)),
                Op::Remu => {
                    let dividend = rs1!();
                    set!(dividend.checked_rem(rs2!()).unwrap_or(dividend));
                }

                Op::Ecall if self.mode == Mode::User => trap!(Cause::UserEcall, 0),
                Op::Ecall => trap!(Cause::MachineEcall, 0),
                Op::Ebreak => trap!(Cause::Breakpoint, 0),
                Op::Mret if self.mode == Mode::User => {
                    trap!(Cause::IllegalInstruction, slot.imm)
                }
                Op::Mret => {
                    self.return_from_trap();
                    pc = self.pc;
                    n -= 1;
                    break PageExit::Control;
                }
                Op::Wfi if self.mode == Mode::User && self.mstatus & status::TW != 0 => {
                    trap!(Cause::IllegalInstruction, slot.imm)
                }
                Op::Wfi => {
                    if !self.interrupt_pending() {
                        self.waiting = true;
                        finish!(PageExit::Exit(Exit::Waiting));
                    }
                }
                Op::LrW
                | Op::ScW
                | Op::AmoswapW
                | Op::AmoaddW
                | Op::AmoxorW
                | Op::AmoandW
                | Op::AmoorW
                | Op::AmominW
                | Op::AmomaxW
                | Op::AmominuW
                | Op::AmomaxuW => match self.atomic(bus, slot, at!()) {
                    Ok(Flow::Continue) => {}
                    Ok(Flow::Attention) => finish!(PageExit::Exit(Exit::Attention)),
                    Err((cause, address)) => trap!(cause, address),
                },
                Op::Csrrw | Op::Csrrs | Op::Csrrc | Op::Csrrwi | Op::Csrrsi | Op::Csrrci => {
                    let cycles = self.slice_end - u64::from(n);
                    match self.csr_instruction(slot.op, slot.imm, cycles) {
                        Ok(Written::Plain) => {}
                        Ok(Written::Control) => finish!(PageExit::Control),
                        Err(CsrFault::Illegal) => trap!(Cause::IllegalInstruction, slot.imm),
                        Err(CsrFault::NotModelled) => {
                            break PageExit::Exit(Exit::Unknown(slot.imm));
                        }
                    }
                }
            }

            pc = next;
            n -= 1;
            if n == 0 {
                break PageExit::Exit(Exit::Budget);
            }
            match slots.get((pc.wrapping_sub(base) >> 1) as usize) {
                Some(following) => slot = following,
                None => break PageExit::Leave,
            }
        };
        self.pc = pc;
        *remaining = n;
        exit
    }
}

fn high(product: i64) -> u32 {
    (product >> 32) as u32
}

/// DIV: by zero gives all ones, the overflow gives the dividend.
fn divide(dividend: i32, divisor: i32) -> u32 {
    match divisor {
        0 => u32::MAX,
        _ => dividend.wrapping_div(divisor) as u32,
    }
}

/// REM: by zero gives the dividend, the overflow gives zero.
fn remainder(dividend: i32, divisor: i32) -> u32 {
    match divisor {
        0 => dividend as u32,
        _ => dividend.wrapping_rem(divisor) as u32,
    }
}
