//! Runs the question "does a bit-for-bit copy of this device's flash run on another chip?" on virtual chips.
//!
//! Data flows one way, and so do imports: [`base`] ← [`input`] ← [`proof`] (which runs chips of a [`backend`]) ←
//! [`report`] ← [`audit`] ← [`commands`], which are the program around it.

pub mod audit;
pub mod backend;
pub mod base;
pub mod commands;
pub mod gdb;
pub mod input;
pub mod proof;
pub mod report;

#[cfg(test)]
mod testing;
