//! `cloneproof audit`: a chip's eFuses and flash in, its weaknesses out, each with a proof on the virtual chip.
//!
//! The lints are the library's ([`cloneproof::audit`]); [`input`] reads what is audited, [`prove`] runs the proofs,
//! [`model`] is the report, [`human`] and [`sarif`] are two of its forms.

pub mod human;
pub mod input;
pub mod model;
pub mod prove;
pub mod sarif;

#[cfg(test)]
mod tests;
