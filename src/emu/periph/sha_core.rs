//! What the SHA accelerators of all chips share: initial values and compression functions.

use sha2::block_api::compress512;

/// Initial values: FIPS 180-4, section 5.3.
pub(super) const SHA1_INIT: [u32; 5] = [
    0x6745_2301,
    0xefcd_ab89,
    0x98ba_dcfe,
    0x1032_5476,
    0xc3d2_e1f0,
];
pub(super) const SHA256_INIT: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];
pub(super) const SHA224_INIT: [u32; 8] = [
    0xc105_9ed8,
    0x367c_d507,
    0x3070_dd17,
    0xf70e_5939,
    0xffc0_0b31,
    0x6858_1511,
    0x64f9_8fa7,
    0xbefa_4fa4,
];
pub(super) const SHA384_INIT: [u64; 8] = [
    0xcbbb_9d5d_c105_9ed8,
    0x629a_292a_367c_d507,
    0x9159_015a_3070_dd17,
    0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31,
    0x8eb4_4a87_6858_1511,
    0xdb0c_2e0d_64f9_8fa7,
    0x47b5_481d_befa_4fa4,
];
pub(super) const SHA512_INIT: [u64; 8] = [
    0x6a09_e667_f3bc_c908,
    0xbb67_ae85_84ca_a73b,
    0x3c6e_f372_fe94_f82b,
    0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1,
    0x9b05_688c_2b3e_6c1f,
    0x1f83_d9ab_fb41_bd6b,
    0x5be0_cd19_137e_2179,
];

/// The SHA-1 compression function (FIPS 180-4, section 6.1.2) over a block of 64 bytes.
pub(super) fn sha1_compress(state: &mut [u32; 5], block: &[u8; 64]) {
    let mut schedule = [0u32; 80];
    for (word, bytes) in schedule.iter_mut().zip(block.chunks_exact(4)) {
        *word = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    for t in 16..80 {
        let mixed = schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16];
        schedule[t] = mixed.rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = *state;
    for (t, word) in schedule.into_iter().enumerate() {
        let (f, k) = match t / 20 {
            0 => (b & c | !b & d, 0x5a82_7999),
            1 => (b ^ c ^ d, 0x6ed9_eba1),
            2 => (b & c | b & d | c & d, 0x8f1b_bcdc),
            _ => (b ^ c ^ d, 0xca62_c1d6u32),
        };
        let next = a
            .rotate_left(5)
            .wrapping_add(f)
            .wrapping_add(e)
            .wrapping_add(k)
            .wrapping_add(word);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
    }
    for (value, add) in state.iter_mut().zip([a, b, c, d, e]) {
        *value = value.wrapping_add(add);
    }
}

/// The initial value of SHA-512/t (FIPS 180-4, section 5.3.6) from the block that holds the padded name "SHA-512/t".
pub(super) fn sha512_t_init(name: &[u8; 128]) -> [u64; 8] {
    let mut state = SHA512_INIT.map(|word| word ^ 0xa5a5_a5a5_a5a5_a5a5);
    compress512(&mut state, &[*name]);
    state
}

/// The block of [`sha512_t_init`]: the decimal digits of `t` with the padding bit behind them, and the name's bits.
pub(super) fn sha512_t_name(digits: [u8; 4], bits: u8) -> [u8; 128] {
    let mut block = [0; 128];
    block[..8].copy_from_slice(b"SHA-512/");
    block[8..12].copy_from_slice(&digits);
    block[127] = bits;
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initial_values_of_truncated_sha_512() {
        // FIPS 180-4, sections 5.3.6.1 and 5.3.6.2: H0 and H7.
        let t224 = sha512_t_init(&sha512_t_name(*b"224\x80", 88));
        assert_eq!(t224[0], 0x8c3d_37c8_1954_4da2);
        assert_eq!(t224[7], 0x1112_e6ad_91d6_92a1);
        let t256 = sha512_t_init(&sha512_t_name(*b"256\x80", 88));
        assert_eq!(t256[0], 0x2231_2194_fc2b_f72c);
        assert_eq!(t256[7], 0x0eb7_2ddc_81c5_2ca2);
    }
}
