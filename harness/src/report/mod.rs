//! Reports of a run: one model, four formats.

pub mod answer;
mod build;
mod efuses;
pub mod executed;
mod firmware;
pub mod human;
mod human_check;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod model;
pub mod outcome;
pub mod page;
mod panic;

pub use build::build;
pub use model::Report;

#[cfg(test)]
mod tests;
