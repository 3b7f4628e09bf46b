//! AES as the accelerators of all chips compute it: single blocks, and the block modes of the ESP32-C3 and ESP32-S3.
//!
//! Modes: NIST SP 800-38A; what the IV memory holds after an operation: ESP32-C3 TRM, "AES Accelerator", section "Block
//! Operation Process", so that the next operation continues the message.

use aes::cipher::{Block, BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};

/// Bytes of a block.
pub(super) const BLOCK_BYTES: usize = 16;

/// AES under a key of any of the three lengths.
pub(super) enum BlockCipher {
    Key128(Aes128),
    Key192(Aes192),
    Key256(Aes256),
}

impl BlockCipher {
    /// AES under a key of 16, 24 or 32 bytes; `None` for any other length.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(BlockCipher::Key128),
            24 => Aes192::new_from_slice(key).ok().map(BlockCipher::Key192),
            32 => Aes256::new_from_slice(key).ok().map(BlockCipher::Key256),
            _ => None,
        }
    }

    /// Encrypts a block in place.
    pub(super) fn encrypt(&self, block: &mut [u8; BLOCK_BYTES]) {
        match self {
            BlockCipher::Key128(aes) => encrypt(aes, block),
            BlockCipher::Key192(aes) => encrypt(aes, block),
            BlockCipher::Key256(aes) => encrypt(aes, block),
        }
    }

    /// Decrypts a block in place.
    pub(super) fn decrypt(&self, block: &mut [u8; BLOCK_BYTES]) {
        match self {
            BlockCipher::Key128(aes) => decrypt(aes, block),
            BlockCipher::Key192(aes) => decrypt(aes, block),
            BlockCipher::Key256(aes) => decrypt(aes, block),
        }
    }
}

fn encrypt<C: BlockCipherEncrypt>(cipher: &C, bytes: &mut [u8; BLOCK_BYTES]) {
    let mut block = Block::<C>::default();
    block.copy_from_slice(bytes);
    cipher.encrypt_block(&mut block);
    bytes.copy_from_slice(&block);
}

fn decrypt<C: BlockCipherDecrypt>(cipher: &C, bytes: &mut [u8; BLOCK_BYTES]) {
    let mut block = Block::<C>::default();
    block.copy_from_slice(bytes);
    cipher.decrypt_block(&mut block);
    bytes.copy_from_slice(&block);
}

/// A block mode, as `AES_BLOCK_MODE_REG` counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Ecb,
    Cbc,
    Ofb,
    Ctr,
    Cfb8,
    Cfb128,
}

impl Mode {
    /// The mode of a register value; `None` for the reserved values.
    pub(super) fn from_register(value: u32) -> Option<Self> {
        const MODES: [Mode; 6] = [
            Mode::Ecb,
            Mode::Cbc,
            Mode::Ofb,
            Mode::Ctr,
            Mode::Cfb8,
            Mode::Cfb128,
        ];
        MODES.get(value as usize).copied()
    }
}

/// How a message is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operation {
    /// The block mode.
    pub(super) mode: Mode,
    /// Decrypt instead of encrypt.
    pub(super) decrypt: bool,
    /// The counter of CTR is the whole block instead of its last 32 bits.
    pub(super) wide_counter: bool,
}

impl Operation {
    /// Works on one block in place and brings the IV up to date.
    pub(super) fn run(
        self,
        cipher: &BlockCipher,
        iv: &mut [u8; BLOCK_BYTES],
        block: &mut [u8; BLOCK_BYTES],
    ) {
        let input = *block;
        match (self.mode, self.decrypt) {
            (Mode::Ecb, false) => cipher.encrypt(block),
            (Mode::Ecb, true) => cipher.decrypt(block),
            (Mode::Cbc, false) => {
                xor(block, iv);
                cipher.encrypt(block);
                *iv = *block;
            }
            (Mode::Cbc, true) => {
                cipher.decrypt(block);
                xor(block, iv);
                *iv = input;
            }
            (Mode::Ofb, _) => {
                cipher.encrypt(iv);
                xor(block, iv);
            }
            (Mode::Ctr, _) => {
                let mut stream = *iv;
                cipher.encrypt(&mut stream);
                xor(block, &stream);
                self.count(iv);
            }
            (Mode::Cfb8, _) => self.cfb8(cipher, iv, block),
            (Mode::Cfb128, _) => {
                cipher.encrypt(iv);
                xor(block, iv);
                *iv = if self.decrypt { input } else { *block };
            }
        }
    }

    /// Increments the counter block, most significant byte first.
    fn count(self, iv: &mut [u8; BLOCK_BYTES]) {
        let value = u128::from_be_bytes(*iv);
        let next = if self.wide_counter {
            value.wrapping_add(1)
        } else {
            let counter = (value as u32).wrapping_add(1);
            value & !u128::from(u32::MAX) | u128::from(counter)
        };
        *iv = next.to_be_bytes();
    }

    fn cfb8(self, cipher: &BlockCipher, iv: &mut [u8; BLOCK_BYTES], block: &mut [u8; BLOCK_BYTES]) {
        for byte in block {
            let mut stream = *iv;
            cipher.encrypt(&mut stream);
            let output = *byte ^ stream[0];
            let ciphertext = if self.decrypt { *byte } else { output };
            iv.rotate_left(1);
            iv[BLOCK_BYTES - 1] = ciphertext;
            *byte = output;
        }
    }
}

fn xor(block: &mut [u8; BLOCK_BYTES], with: &[u8; BLOCK_BYTES]) {
    for (byte, with) in block.iter_mut().zip(with) {
        *byte ^= with;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Key, IV, counter and first plaintext blocks of all vectors: NIST SP 800-38A, appendix F.
    const KEY: u128 = 0x2b7e_1516_28ae_d2a6_abf7_1588_09cf_4f3c;
    const IV: u128 = 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f;
    const COUNTER: u128 = 0xf0f1_f2f3_f4f5_f6f7_f8f9_fafb_fcfd_feff;
    const PLAIN: [u128; 2] = [
        0x6bc1_bee2_2e40_9f96_e93d_7e11_7393_172a,
        0xae2d_8a57_1e03_ac9c_9eb7_6fac_45af_8e51,
    ];

    fn run(mode: Mode, decrypt: bool, iv: u128, blocks: [u128; 2]) -> [u128; 2] {
        let cipher = BlockCipher::new(&KEY.to_be_bytes()).unwrap();
        let operation = Operation {
            mode,
            decrypt,
            wide_counter: true,
        };
        let mut iv = iv.to_be_bytes();
        blocks.map(|block| {
            let mut block = block.to_be_bytes();
            operation.run(&cipher, &mut iv, &mut block);
            u128::from_be_bytes(block)
        })
    }

    fn check(mode: Mode, iv: u128, cipher: [u128; 2]) {
        assert_eq!(run(mode, false, iv, PLAIN), cipher);
        assert_eq!(run(mode, true, iv, cipher), PLAIN);
    }

    #[test]
    fn ecb_f_1_1() {
        let first = 0x3ad7_7bb4_0d7a_3660_a89e_caf3_2466_ef97;
        let second = 0xf5d3_d585_03b9_699d_e785_895a_96fd_baaf;
        check(Mode::Ecb, 0, [first, second]);
    }

    #[test]
    fn cbc_f_2_1() {
        let first = 0x7649_abac_8119_b246_cee9_8e9b_12e9_197d;
        let second = 0x5086_cb9b_5072_19ee_95db_113a_9176_78b2;
        check(Mode::Cbc, IV, [first, second]);
    }

    #[test]
    fn cfb8_f_3_7() {
        // The vector gives 18 bytes: the first block is whole.
        let cipher = run(Mode::Cfb8, false, IV, PLAIN);
        assert_eq!(cipher[0], 0x3b79_424c_9c0d_d436_bace_9e0e_d458_6a4f);
        assert_eq!(cipher[1] >> 112, 0x32b9);
        assert_eq!(run(Mode::Cfb8, true, IV, cipher), PLAIN);
    }

    #[test]
    fn cfb128_f_3_13() {
        let first = 0x3b3f_d92e_b72d_ad20_3334_49f8_e83c_fb4a;
        let second = 0xc8a6_4537_a0b3_a93f_cde3_cdad_9f1c_e58b;
        check(Mode::Cfb128, IV, [first, second]);
    }

    #[test]
    fn ofb_f_4_1() {
        let first = 0x3b3f_d92e_b72d_ad20_3334_49f8_e83c_fb4a;
        let second = 0x7789_508d_1691_8f03_f53c_52da_c54e_d825;
        check(Mode::Ofb, IV, [first, second]);
    }

    #[test]
    fn ctr_f_5_1() {
        let first = 0x874d_6191_b620_e326_1bef_6864_990d_b6ce;
        let second = 0x9806_f66b_7970_fdff_8617_187b_b9ff_fdff;
        check(Mode::Ctr, COUNTER, [first, second]);
    }

    #[test]
    fn a_narrow_counter_does_not_carry_out_of_its_32_bits() {
        let operation = Operation {
            mode: Mode::Ctr,
            decrypt: false,
            wide_counter: false,
        };
        let mut iv = u128::from(u32::MAX).to_be_bytes();
        operation.count(&mut iv);
        assert_eq!(iv, [0; 16]);
    }
}
