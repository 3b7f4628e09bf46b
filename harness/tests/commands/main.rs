//! The program from outside: exit codes, messages, formats, and that nothing is ever overwritten.

#[macro_use]
mod support;

mod audit;
mod bad_input;
mod boot;
mod check;
mod doctor;
mod efuse;
mod flash;
mod key_leak;
mod outputs;
mod run;
mod secure_boot;
mod secure_boot_bad_input;
