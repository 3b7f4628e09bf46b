//! Windowed registers: rotation, overflow and underflow.

use super::core::{
    Core, PHYSICAL_REGISTERS, PS_CALLINC, PS_CALLINC_SHIFT, PS_EXCM, PS_OWB, PS_OWB_SHIFT,
};
use super::exception::{Cause, Vector};

/// Groups of four registers: the unit of WINDOWBASE and WINDOWSTART.
const GROUPS: u32 = PHYSICAL_REGISTERS as u32 / 4;

impl Core {
    /// Writes the current window back to the physical registers.
    pub(super) fn store_window(&mut self) {
        for group in 0..4 {
            let physical = &mut self.physical[(self.window_base as usize + group) & 15];
            physical.copy_from_slice(&self.a[group * 4..group * 4 + 4]);
        }
    }

    #[inline(always)]
    fn load_window(&mut self) {
        for group in 0..4 {
            let physical = self.physical[(self.window_base as usize + group) & 15];
            self.a[group * 4..group * 4 + 4].copy_from_slice(&physical);
        }
    }

    /// Sets WINDOWBASE.
    #[inline(always)]
    pub(super) fn set_window_base(&mut self, base: u32) {
        self.store_window();
        self.window_base = base % GROUPS;
        self.load_window();
        self.update_window_limit();
    }

    /// WINDOWSTART seen from the current window: bit n is the frame that starts n groups further on.
    #[inline(always)]
    fn window_start_from_here(&self) -> u32 {
        let doubled = self.window_start | self.window_start << GROUPS;
        doubled >> self.window_base & 0xffff
    }

    /// Recomputes which registers may be touched without an overflow.
    #[inline(always)]
    pub(super) fn update_window_limit(&mut self) {
        self.window_limit = if self.windows_checked() {
            // The lowest set bit of groups 1 to 3 is the first that belongs to another frame.
            ((self.window_start_from_here() >> 1 | 8).trailing_zeros() as u8).min(3)
        } else {
            3
        };
    }

    /// Raises the overflow exception of the first foreign frame in the window.
    #[cold]
    pub(super) fn overflow(&mut self) {
        let first = u32::from(self.window_limit) + 1;
        let ahead = self.window_start_from_here() >> first;
        let groups = match ahead >> 1 & 7 {
            bits if bits & 1 != 0 => 1,
            bits if bits & 2 != 0 => 2,
            _ => 3,
        };
        self.raise_window(Vector::Overflow(groups), self.window_base + first);
    }

    /// ENTRY: `s` is the stack pointer register, `size` the frame size in bytes. False if an exception was raised.
    #[inline(always)]
    pub(super) fn entry(&mut self, s: u8, size: u32) -> bool {
        let increment = (self.ps & PS_CALLINC) >> PS_CALLINC_SHIFT;
        if s > 3 || !self.windows_checked() {
            self.raise(Cause::IllegalInstruction, None);
            return false;
        }
        if increment > u32::from(self.window_limit) {
            self.overflow();
            return false;
        }
        let stack = self.a[s as usize & 15].wrapping_sub(size);
        self.a[(increment as usize * 4 + s as usize) & 15] = stack;
        self.store_window();
        self.window_base = (self.window_base + increment) % GROUPS;
        self.window_start |= 1 << self.window_base;
        self.load_window();
        self.update_window_limit();
        true
    }

    /// RETW: the new pc, or `None` if an exception was raised.
    #[inline(always)]
    pub(super) fn return_window(&mut self) -> Option<u32> {
        let increment = self.a[0] >> 30;
        let behind = self.window_start_from_here();
        // The nearest live frame behind must be where the caller's increment says.
        let distance = match behind >> 13 {
            bits if bits & 4 != 0 => 1,
            bits if bits & 2 != 0 => 2,
            bits if bits & 1 != 0 => 3,
            _ => 0,
        };
        if increment == 0 || distance != 0 && distance != increment || !self.windows_checked() {
            self.raise(Cause::IllegalInstruction, None);
            return None;
        }
        let caller = self.window_base.wrapping_sub(increment) % GROUPS;
        if distance == 0 {
            self.raise_window(Vector::Underflow(increment), caller);
            return None;
        }
        let target = self.a[0] & 0x3fff_ffff | self.pc & 0xc000_0000;
        self.window_start &= !(1 << self.window_base);
        self.ps = self.ps & !PS_CALLINC | increment << PS_CALLINC_SHIFT;
        self.set_window_base(caller);
        Some(target)
    }

    /// True if MOVSP may go on: the caller's registers are in the file.
    pub(super) fn movsp_allowed(&self) -> bool {
        !self.windows_checked() || self.window_start_from_here() >> 13 & 7 != 0
    }

    /// RFWO (`overflow`) and RFWU.
    pub(super) fn return_from_window_exception(&mut self, overflow: bool) {
        self.ps &= !PS_EXCM;
        if overflow {
            self.window_start &= !(1 << self.window_base);
        } else {
            self.window_start |= 1 << self.window_base;
        }
        self.set_window_base((self.ps & PS_OWB) >> PS_OWB_SHIFT);
        self.pc = self.epc[1];
    }

    /// WINDOWSTART.
    pub(super) fn set_window_start(&mut self, bits: u32) {
        self.window_start = bits & 0xffff;
        self.update_window_limit();
    }
}
