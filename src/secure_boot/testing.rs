//! What the tests of secure boot share: keys that protect nothing, and an image.
//!
//! The keys in `testdata` were made by espsecure 5.6 (`generate-signing-key`), for these tests alone.

use sha2::{Digest, Sha256};

use super::{Scheme, SigningKey};
use crate::chip::Chip;

pub fn pem(scheme: Scheme) -> &'static [u8] {
    match scheme {
        Scheme::Rsa3072 => include_bytes!("testdata/test-rsa3072.pem"),
        Scheme::Ecdsa192 => include_bytes!("testdata/test-ecdsa192.pem"),
        Scheme::Ecdsa256 => include_bytes!("testdata/test-ecdsa256.pem"),
        Scheme::Ecdsa384 => include_bytes!("testdata/test-ecdsa384.pem"),
    }
}

pub fn key(scheme: Scheme) -> SigningKey {
    SigningKey::from_pem(pem(scheme)).unwrap()
}

/// An image for the chip with one segment of `len` bytes and a hash.
pub fn image(chip: Chip, len: usize) -> Vec<u8> {
    let mut image = vec![0; 24];
    image[..4].copy_from_slice(&[0xE9, 1, 2, 0x20]);
    image[12..14].copy_from_slice(&chip.spec().image_chip_id.to_le_bytes());
    image[23] = 1;
    image.extend_from_slice(&0x4038_0000u32.to_le_bytes());
    image.extend_from_slice(&(len as u32).to_le_bytes());
    let data: Vec<u8> = (0..len).map(|at| ((at * 7) >> 3) as u8).collect();
    let checksum = data.iter().fold(0xEF, |sum, byte| sum ^ byte);
    image.extend(data);
    image.resize(image.len() / 16 * 16 + 15, 0);
    image.push(checksum);
    let hash = Sha256::digest(&image);
    image.extend_from_slice(&hash);
    image
}
