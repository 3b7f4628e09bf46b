//! The A extension: load reserved, store conditional, and atomic operations on words of memory.
//!
//! Source: The RISC-V Instruction Set Manual, volume I, chapter "A" Standard Extension for Atomic Instructions. The core is
//! the only one that stores, so every access is atomic by itself; acquire and release order nothing that was not ordered.
//!
//! A reservation is of one word. Any store conditional ends it, and so do a trap and the return from one, as software that
//! switches tasks relies on (inferred: the manual leaves it open; ESP-IDF's `components/freertos` does not end it itself).

use super::code::Slot;
use super::core::Hart;
use super::op::Op;
use super::pmp::access;
use super::trap::Cause;
use crate::emu::bus::{At, Bus, Flow, System};

/// What a store conditional returns.
const STORED: u32 = 0;
const NOT_STORED: u32 = 1;

/// An exception and its address.
type Fault = (Cause, u32);

impl Hart {
    /// Carries out an instruction of the A extension.
    #[inline(never)]
    pub(super) fn atomic<S: System>(
        &mut self,
        bus: &mut Bus<S>,
        slot: &Slot,
        at: At,
    ) -> Result<Flow, Fault> {
        let address = self.x[usize::from(slot.rs1 & 31)];
        let operand = self.x[usize::from(slot.rs2 & 31)];
        let (value, flow) = match slot.op {
            Op::LrW => self.load_reserved(bus, address, at)?,
            Op::ScW => self.store_conditional(bus, address, operand, at)?,
            op => self.modify(bus, address, |old| result(op, old, operand), at)?,
        };
        self.set_register(slot.rd(), value);
        Ok(flow)
    }

    fn load_reserved<S: System>(
        &mut self,
        bus: &mut Bus<S>,
        address: u32,
        at: At,
    ) -> Result<(u32, Flow), Fault> {
        if !address.is_multiple_of(4) {
            return Err((Cause::LoadAddressMisaligned, address));
        }
        let fault = (Cause::LoadAccessFault, address);
        if !self.pmp.permits(address, 4, access::READ) {
            return Err(fault);
        }
        let (value, flow) = bus.load32(address, at).map_err(|_| fault)?;
        self.reservation = Some(address);
        Ok((value, flow))
    }

    fn store_conditional<S: System>(
        &mut self,
        bus: &mut Bus<S>,
        address: u32,
        value: u32,
        at: At,
    ) -> Result<(u32, Flow), Fault> {
        let reserved = self.reservation.take() == Some(address);
        if !address.is_multiple_of(4) {
            return Err((Cause::StoreAddressMisaligned, address));
        }
        let fault = (Cause::StoreAccessFault, address);
        if !self.pmp.permits(address, 4, access::WRITE) {
            return Err(fault);
        }
        if !reserved {
            return Ok((NOT_STORED, Flow::Continue));
        }
        let flow = bus.store32(address, value, at).map_err(|_| fault)?;
        Ok((STORED, flow))
    }

    /// Replaces the word at `address` by what `operation` makes of it. Returns the old one.
    fn modify<S: System>(
        &mut self,
        bus: &mut Bus<S>,
        address: u32,
        operation: impl FnOnce(u32) -> u32,
        at: At,
    ) -> Result<(u32, Flow), Fault> {
        if !address.is_multiple_of(4) {
            return Err((Cause::StoreAddressMisaligned, address));
        }
        // One exception for both halves: such an instruction counts as a store.
        let fault = (Cause::StoreAccessFault, address);
        let readable = self.pmp.permits(address, 4, access::READ);
        if !readable || !self.pmp.permits(address, 4, access::WRITE) {
            return Err(fault);
        }
        let (old, loaded) = bus.load32(address, at).map_err(|_| fault)?;
        let stored = bus
            .store32(address, operation(old), at)
            .map_err(|_| fault)?;
        let flow = if loaded == Flow::Continue {
            stored
        } else {
            loaded
        };
        Ok((old, flow))
    }
}

/// What an atomic memory operation stores.
fn result(op: Op, old: u32, operand: u32) -> u32 {
    match op {
        Op::AmoaddW => old.wrapping_add(operand),
        Op::AmoxorW => old ^ operand,
        Op::AmoandW => old & operand,
        Op::AmoorW => old | operand,
        Op::AmominW => old.cast_signed().min(operand.cast_signed()).cast_unsigned(),
        Op::AmomaxW => old.cast_signed().max(operand.cast_signed()).cast_unsigned(),
        Op::AmominuW => old.min(operand),
        Op::AmomaxuW => old.max(operand),
        // AMOSWAP.
        _ => operand,
    }
}
