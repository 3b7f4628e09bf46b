//! Register blocks that only the chips after the ESP32 have.

pub mod aes_dma;
pub mod apb_saradc;
pub mod assist_debug;
pub mod digital_signature;
pub mod dma_client;
pub mod extmem;
pub mod gdma;
mod gdma_link;
mod gdma_regs;
pub mod hmac;
pub mod interrupt_matrix;
pub mod mmu_table;
pub mod mpi;
pub mod sha_dma;
pub mod syscon;
pub mod system;
pub mod systimer;
pub mod usb_serial_jtag;
pub mod xts_unit;

#[cfg(test)]
mod gdma_tests;
