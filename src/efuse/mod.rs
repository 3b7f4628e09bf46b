//! eFuses: banks of one-time-programmable bits, as the hardware holds them and as software sees them.

mod bank;

pub use bank::{BurnOutcome, EfuseBank};
