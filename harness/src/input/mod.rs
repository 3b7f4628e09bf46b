//! What comes in, recognised by content: scenarios, builds, dumps of flash and eFuses, firmware, symbols.

pub mod build;
pub mod dump;
pub mod facts;
pub mod firmware;
pub mod scenario;
pub mod symbols;
