//! Places in guest code, and resets.

use std::fmt;

/// A place in guest code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Core number: 0 is the PRO CPU.
    pub core: u8,
    /// Program counter.
    pub pc: u32,
    /// ROM symbol and offset, if one covers the address; where the firmware's ELF is known, function, file and line.
    pub symbol: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "core {} at {:#010x}", self.core, self.pc)?;
        match &self.symbol {
            Some(symbol) => write!(f, " in {symbol}"),
            None => Ok(()),
        }
    }
}

/// One reset after power-on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResetRecord {
    /// Reset cause as the ROM's banner prints it, e.g. `"RTCWDT_RTC_RESET"`.
    pub cause: &'static str,
    /// The number of the cause (`rst:0x…`).
    pub code: u8,
    /// Emulated time since power-on, in microseconds.
    pub at_us: u64,
}
