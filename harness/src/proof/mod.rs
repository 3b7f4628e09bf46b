//! The proof, from input to verdict: a donor is provisioned, chips are powered on and observed, and what they did is judged.

pub mod diagnose;
pub mod judge;
pub mod observe;
pub mod power_cut;
pub mod provision;
pub mod replay;
pub mod run;
