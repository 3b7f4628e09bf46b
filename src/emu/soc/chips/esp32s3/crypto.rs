//! Accelerators of the ESP32-S3.

use crate::emu::periph::later::digital_signature;
use crate::emu::periph::later::mpi;
use crate::emu::periph::later::sha_dma;

/// The accelerator: operands of up to 4096 bits. Version: Espressif's QEMU, `include/hw/misc/esp32s3_rsa.h`.
pub(in crate::emu) const RSA: mpi::Layout = mpi::Layout {
    max_words: 128,
    reset: &[(0x820, 1), (0x830, 0x2019_0425)],
};

/// The accelerator: also SHA-384, SHA-512 and SHA-512/t.
pub(in crate::emu) const SHA: sha_dma::Layout = sha_dma::Layout {
    algorithms: 8,
    last_digest: 0x7c,
    last_text: 0xfc,
};

/// The peripheral: keys of up to 4096 bits. Version: Espressif's QEMU, `include/hw/misc/esp32s3_ds.h`.
pub(in crate::emu) const DIGITAL_SIGNATURE: digital_signature::Layout = digital_signature::Layout {
    number_bytes: 512,
    reset: &[(0xe20, 0x2019_1217)],
};
