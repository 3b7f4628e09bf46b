//! A core as a debugger sees it: registers by number, written as software would.

use super::core::Hart;

impl Hart {
    /// Writes control and status register `number` at `cycles` since power-on, with the effects that CSRRW has in
    /// machine mode. False if there is none that can be written so.
    pub fn set_csr(&mut self, number: u16, value: u32, cycles: u64) -> bool {
        self.write_csr(number, value, cycles).is_ok()
    }
}
