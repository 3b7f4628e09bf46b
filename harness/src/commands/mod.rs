//! The commands of the program, one file each with its arguments; [`options`] are those that commands share.

pub mod audit;
pub mod boot;
pub mod check;
mod cli;
pub mod digest_bootloader;
pub mod doctor;
pub mod efuse;
pub mod flash;
pub mod image;
pub mod key;
pub mod options;
mod output;
pub mod power_cuts;
mod reporting;
pub mod run;
mod secure_boot;
pub mod sign;
pub mod verify;

pub use cli::{Cli, Command, execute};
