//! Register blocks that only the ESP32 has.

pub mod aes;
pub mod apb_ctrl;
pub mod cache_mmu;
pub mod dport;
pub mod flash_crypt;
pub mod frc_timer;
pub mod rsa;
pub mod secure_boot;
pub mod sha;
