//! A core as a debugger sees it: every register by number, read without effect and written as software would.

use super::core::{Hart, Mode};

impl Hart {
    /// Control and status register `number` at `cycles` since power-on; `None` if the core does not have it.
    pub fn csr(&self, number: u16, cycles: u64) -> Option<u32> {
        self.read_csr(number, cycles)
    }

    /// Writes control and status register `number` at `cycles` since power-on, with the effects that CSRRW has in
    /// machine mode. False if there is none that can be written so.
    pub fn set_csr(&mut self, number: u16, value: u32, cycles: u64) -> bool {
        self.write_csr(number, value, cycles).is_ok()
    }

    /// Moves the core to another instruction (bit 0 of the address does not count); a core that waits goes on.
    pub fn set_pc(&mut self, pc: u32) {
        let pc = pc & !1;
        if pc != self.pc {
            self.pc = pc;
            self.waiting = false;
        }
    }

    /// Puts the core into another privilege mode.
    pub fn switch_mode(&mut self, mode: Mode) {
        self.set_mode(mode);
    }
}
