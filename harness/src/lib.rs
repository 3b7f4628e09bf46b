//! Runs the question "does a bit-for-bit copy of this device's flash run on another chip?" on virtual chips.
//!
//! Data flows one way: [`scenario`] → [`provision`] → [`replay`] (which [`observe`]s chips of a [`backend`]) →
//! [`judge`] → [`report`]; [`runner`] drives it, [`cli`] and [`commands`] are the program around it.

pub mod audit;
pub mod backend;
pub mod base;
pub mod cli;
pub mod commands;
pub mod diagnose;
pub mod gdb;
pub mod input;
pub mod judge;
pub mod observe;
pub mod power_cut;
pub mod provision;
pub mod replay;
pub mod report;
pub mod runner;

#[cfg(test)]
mod testing;
