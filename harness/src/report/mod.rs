//! Reports of a run: one model, four formats.

mod build;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod model;
mod panic;

pub use build::{build, hex, mac};
pub use model::Report;

#[cfg(test)]
mod tests;
