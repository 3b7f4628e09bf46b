//! Secure boot v2: a sector of signatures behind each image, by keys whose digests stand in the eFuses.

mod block;
mod chips;
mod sign;
mod trust;
mod verify;

pub use block::{BLOCK_LEN, BlockProblem, MAX_BLOCKS, SignatureBlock, key_digest};
pub use chips::{SecureBootSpec, supported};
pub use sign::{
    Existing, SignError, check_block_count, check_for_chip, sign, signature_place, signed_blocks,
};
pub use trust::{DigestSlot, TrustError, TrustedKeys};
pub use verify::{
    BlockVerdict, Checker, Decision, Refusal, Verification, VerifyError, blocks, verify,
    verify_sector,
};

#[cfg(test)]
mod tests;
