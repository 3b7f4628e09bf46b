//! Accelerators of the ESP32-C6.

use crate::emu::periph::later::{digital_signature, mpi, sha_dma};

/// The accelerator: operands of up to 3072 bits (ESP-IDF `components/soc/esp32c6/register/soc/rsa_reg.h`).
pub(in crate::emu) const RSA: mpi::Layout = mpi::Layout {
    max_words: 96,
    reset: &[(0x820, 1), (0x830, 0x2020_0618)],
};

/// The accelerator: SHA-1, SHA-224 and SHA-256.
pub(in crate::emu) const SHA: sha_dma::Layout = sha_dma::Layout {
    algorithms: 3,
    last_digest: 0x5c,
    last_text: 0xbc,
};

/// The peripheral: keys of up to 3072 bits (ESP-IDF `components/soc/esp32c6/register/soc/ds_reg.h`).
pub(in crate::emu) const DIGITAL_SIGNATURE: digital_signature::Layout = digital_signature::Layout {
    number_bytes: 384,
    reset: &[(0xe20, 0x2020_0618)],
};
