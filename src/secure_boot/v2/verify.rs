//! What ROM decides about an image with signatures, and why: the order of its checks, block by block.
//!
//! Source: code of `ets_secure_boot_verify_signature` and `secure_boot_verify_block` in the mask-ROM ELFs (espflash 4.7.0,
//! `resources/roms`), of the ESP32-C3 rev 300 in the first place; what differs by chip stands in [`SecureBootSpec`].
//! Bootloaders of ESP-IDF call the same functions of ROM for the app.

use super::block::{BLOCK_LEN, BlockProblem, SignatureBlock};
use super::chips::{self, SecureBootSpec};
use super::sign::signature_place;
use super::trust::{TrustError, TrustedKeys};
use crate::boot::Signature;
use crate::chip::Chip;
use crate::efuse::EfuseBank;
use crate::flash::app_image::{AppImage, AppImageError, IMAGE_MAGIC};
use crate::secure_boot::{SECTOR, Scheme, VerifyingKey};

/// Who verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checker {
    /// ROM verifies the bootloader: it may revoke keys, and it wants a SHA-256 behind the image.
    Rom,
    /// The bootloader verifies the app: it never revokes (ESP-IDF
    /// `components/bootloader_support/src/secure_boot_v2/secure_boot_signatures_bootloader.c`).
    Bootloader,
}

/// What was found about one block.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockVerdict {
    /// The signature is right and its key is trusted.
    Verified {
        /// Slot of the key's digest.
        slot: usize,
    },
    /// It is no block that the chip looks into.
    Unusable(BlockProblem),
    /// The chip does not verify this scheme.
    Scheme {
        /// The scheme.
        scheme: Scheme,
    },
    /// The image is not the one that was signed.
    ImageDigest,
    /// The key's digest is not in the eFuses.
    UntrustedKey {
        /// The key's digest.
        digest: [u8; 32],
    },
    /// The key's digest is in the eFuses but revoked; to ROM it is untrusted.
    RevokedKey {
        /// Slot of the key's digest.
        slot: usize,
    },
    /// The key is trusted but the signature is not its.
    WrongSignature {
        /// Slot of the key's digest.
        slot: usize,
        /// ROM revokes the key: aggressive revocation is on.
        revokes: bool,
    },
    /// The chip does not get that far: an earlier block was verified, or it looks at fewer.
    NotReached,
}

impl BlockVerdict {
    /// The named signature of the console line by which ROM tells this, to itself or to the bootloader that called it;
    /// `None` where it says nothing.
    pub fn console(&self, checker: Checker) -> Option<Signature> {
        let (rom, bootloader) = match self {
            BlockVerdict::Unusable(BlockProblem::Crc { .. }) => (
                Signature::SignatureBlockCrc,
                Signature::AppSignatureBlockCrc,
            ),
            BlockVerdict::ImageDigest => (
                Signature::SignatureBlockDigest,
                Signature::AppSignatureDigest,
            ),
            BlockVerdict::UntrustedKey { .. } | BlockVerdict::RevokedKey { .. } => {
                (Signature::SignatureUntrustedKey, Signature::AppUntrustedKey)
            }
            BlockVerdict::WrongSignature { .. } => {
                (Signature::SignatureInvalid, Signature::AppBadSignature)
            }
            _ => return None,
        };
        Some(match checker {
            Checker::Rom => rom,
            Checker::Bootloader => bootloader,
        })
    }
}

/// Why the whole sector is refused before its blocks are looked into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The sector does not begin with a block; ROM then looks at no other.
    NoMagic {
        /// The byte found.
        found: u8,
    },
    /// No digest is trusted: none is burned, or all are revoked.
    NoTrustedKey,
    /// The SHA-256 behind the bootloader is missing or wrong.
    ImageHash,
    /// No block was verified.
    NoBlock,
}

impl Refusal {
    /// The named signature of the console line that tells this; `None` where there is none, or the blocks have theirs.
    pub fn console(&self, checker: Checker) -> Option<Signature> {
        match (self, checker) {
            (Refusal::NoMagic { .. }, Checker::Rom) => Some(Signature::NoSignatureBlock),
            (Refusal::NoMagic { .. }, Checker::Bootloader) => Some(Signature::AppNoSignatureBlock),
            (Refusal::ImageHash, Checker::Rom) => Some(Signature::BootloaderHash),
            _ => None,
        }
    }
}

/// What the chip does with the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It runs: this block was verified with the key of this slot.
    Accepted {
        /// Number of the block.
        block: usize,
        /// Slot of the key's digest.
        slot: usize,
    },
    /// It does not run.
    Refused(Refusal),
}

/// What ROM decides, and what it finds on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Secure boot is switched on; where it is not, the chip runs the image whatever the decision.
    pub enabled: bool,
    /// The decision.
    pub decision: Decision,
    /// Each block of the sector.
    pub blocks: Vec<BlockVerdict>,
}

impl Verification {
    /// Whether the signatures are accepted.
    pub fn accepted(&self) -> bool {
        matches!(self.decision, Decision::Accepted { .. })
    }

    /// Slots whose KEY_REVOKE bit ROM burns.
    pub fn revoked(&self) -> Vec<usize> {
        let blocks = self.blocks.iter();
        let mut slots: Vec<usize> = blocks
            .filter_map(|block| match block {
                BlockVerdict::WrongSignature {
                    slot,
                    revokes: true,
                } => Some(*slot),
                _ => None,
            })
            .collect();
        slots.dedup();
        slots
    }
}

/// A file whose signatures cannot be looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is no image, or one for another chip.
    #[error(transparent)]
    Image(#[from] AppImageError),
    /// The eFuses do not tell.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The file is not made of whole sectors.
    #[error(
        "{len:#x} bytes are no multiple of the sector size {SECTOR:#x}: the image is not padded"
    )]
    NotPadded {
        /// Bytes of the file.
        len: usize,
    },
    /// There is nothing behind the image.
    #[error(
        "file ends at {len:#x}, before the signature sector at {at:#x}: the image is not signed"
    )]
    Unsigned {
        /// Offset where the signature sector should begin, in bytes.
        at: usize,
        /// Bytes of the file.
        len: usize,
    },
    /// The signature sector is cut off.
    #[error("signature sector at {at:#x} ends at {len:#x}, after {} of {SECTOR} bytes", len - at)]
    Truncated {
        /// Offset of the signature sector in bytes.
        at: usize,
        /// Bytes of the file.
        len: usize,
    },
    /// The signatures lie elsewhere than the chip looks for them.
    #[error("signature block at {found:#x}, but the chip looks for it at {wanted:#x}")]
    Misplaced {
        /// Offset of the first block that was found, in bytes.
        found: usize,
        /// Offset where the chip looks for the signature sector, in bytes.
        wanted: usize,
    },
}

/// The padded image of a file and the three places for blocks of its signature sector, which are as they are.
///
/// # Errors
/// Where the file begins like an image and is none, or there is no whole sector where a chip looks for it.
pub fn blocks(file: &[u8]) -> Result<(&[u8], Vec<SignatureBlock>), VerifyError> {
    let (image, sector) = split(file)?;
    let (blocks, _) = sector.as_chunks::<BLOCK_LEN>();
    let blocks = blocks
        .iter()
        .map(|bytes| SignatureBlock::from_bytes(*bytes));
    Ok((image, blocks.collect()))
}

/// The image's bytes and its signature sector: where the chip looks for it, or at the end of what is no image.
///
/// # Errors
/// Where there is no whole sector at that place.
fn split(file: &[u8]) -> Result<(&[u8], &[u8; SECTOR]), VerifyError> {
    let len = file.len();
    let image_place = signature_place(file)?;
    let at = match image_place {
        Some(at) => at,
        None if !len.is_multiple_of(SECTOR) => return Err(VerifyError::NotPadded { len }),
        None => len.saturating_sub(SECTOR),
    };
    let sector = file.get(at..).unwrap_or_default();
    if sector.first_chunk::<SECTOR>().is_none_or(unlike_a_sector)
        && let Some(found) = find_block(file).filter(|&found| found != at)
    {
        return Err(VerifyError::Misplaced { found, wanted: at });
    }
    match sector.first_chunk() {
        Some(sector) => Ok((&file[..at], sector)),
        None if sector.is_empty() => Err(VerifyError::Unsigned { at, len }),
        None => Err(VerifyError::Truncated { at, len }),
    }
}

fn unlike_a_sector(sector: &[u8; SECTOR]) -> bool {
    block_at(sector, 0)
        .is_some_and(|block| matches!(block.check(), Err(BlockProblem::Magic { .. })))
}

fn block_at(bytes: &[u8], at: usize) -> Option<SignatureBlock> {
    let bytes: &[u8; BLOCK_LEN] = bytes.get(at..)?.first_chunk()?;
    Some(SignatureBlock::from_bytes(*bytes))
}

/// The first place that holds a whole signature block with a right CRC.
fn find_block(file: &[u8]) -> Option<usize> {
    let places = file.windows(2).enumerate();
    let mut places = places.filter(|(_, head)| matches!(head, [0xE7, 2 | 3]));
    places
        .find(|(at, _)| block_at(file, *at).is_some_and(|block| block.check().is_ok()))
        .map(|(at, _)| at)
}

/// What the chip with these eFuses decides about a file that begins with an image and holds its signature sector.
///
/// # Errors
/// Where the file is no image of this chip, or has no whole signature sector where the chip looks for it.
pub fn verify(
    efuses: &EfuseBank,
    file: &[u8],
    checker: Checker,
) -> Result<Verification, VerifyError> {
    let chip = efuses.chip();
    let trusted = TrustedKeys::of(efuses)?;
    let mut hash_is_right = true;
    if file.first() == Some(&IMAGE_MAGIC) {
        let image = AppImage::parse(file)?;
        let (found, wanted) = (image.header.chip_id, chip.spec().image_chip_id);
        if found != wanted {
            return Err(AppImageError::Chip {
                found,
                wanted,
                chip,
            }
            .into());
        }
        let wrong = matches!(image.verify(file), Err(AppImageError::Hash { .. }));
        hash_is_right = image.hash_at.is_some() && !wrong;
    }
    let (image, sector) = split(file)?;
    let mut verification = verify_sector(chip, &trusted, image, sector, checker);
    // The chips from the ESP32-S2 on compare the hash before they look at the signatures.
    if checker == Checker::Rom && chip != Chip::Esp32 && !hash_is_right {
        verification.decision = Decision::Refused(Refusal::ImageHash);
        verification.blocks.fill(BlockVerdict::NotReached);
    }
    Ok(verification)
}

/// What a chip with these trusted keys decides about a signature sector behind `image`, which is padded.
pub fn verify_sector(
    chip: Chip,
    trusted: &TrustedKeys,
    image: &[u8],
    sector: &[u8; SECTOR],
    checker: Checker,
) -> Verification {
    let blocks: Vec<SignatureBlock> = (sector.as_chunks::<BLOCK_LEN>().0.iter())
        .map(|bytes| SignatureBlock::from_bytes(*bytes))
        .collect();
    let refused = |refusal| Verification {
        enabled: trusted.enabled,
        decision: Decision::Refused(refusal),
        blocks: vec![BlockVerdict::NotReached; blocks.len()],
    };
    if let Err(problem @ BlockProblem::Magic { found }) = blocks[0].scheme() {
        let mut verification = refused(Refusal::NoMagic { found });
        verification.blocks[0] = BlockVerdict::Unusable(problem);
        return verification;
    }
    let Some(spec) = chips::supported(chip) else {
        return refused(Refusal::NoTrustedKey);
    };
    if spec.needs_digest && trusted.usable().next().is_none() {
        return refused(Refusal::NoTrustedKey);
    }
    let context = Context {
        spec,
        trusted,
        image,
        revokes: trusted.aggressive && checker == Checker::Rom,
    };
    let mut decision = Decision::Refused(Refusal::NoBlock);
    let mut verdicts = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let done = number >= spec.blocks || matches!(decision, Decision::Accepted { .. });
        let verdict = match done {
            true => BlockVerdict::NotReached,
            false => context.verdict(block),
        };
        if let BlockVerdict::Verified { slot } = verdict {
            let block = number;
            decision = Decision::Accepted { block, slot };
        }
        verdicts.push(verdict);
    }
    Verification {
        enabled: trusted.enabled,
        decision,
        blocks: verdicts,
    }
}

/// What all blocks are verified against. Trusted keys are those of before the first block: a key that is revoked on the
/// way can still verify a later block, as ROM has looked up the digests already.
struct Context<'a> {
    spec: &'a SecureBootSpec,
    trusted: &'a TrustedKeys,
    image: &'a [u8],
    revokes: bool,
}

impl Context<'_> {
    fn verdict(&self, block: &SignatureBlock) -> BlockVerdict {
        let scheme = match self.scheme(block) {
            Ok(scheme) => scheme,
            Err(verdict) => return verdict,
        };
        if let Err(problem) = block.check_crc() {
            return BlockVerdict::Unusable(problem);
        }
        let digest = scheme.image_digest(self.image);
        if block.image_digest(scheme) != digest {
            return BlockVerdict::ImageDigest;
        }
        let key_digest = block.key_digest(scheme);
        let same = |digest: &[u8]| *digest == key_digest[..self.spec.digest_len];
        let Some((slot, _)) = self.trusted.usable().find(|(_, digest)| same(digest)) else {
            let slots = &mut self.trusted.slots.iter();
            let revoked = slots.position(|slot| slot.digest.as_deref().is_some_and(same));
            return match revoked {
                Some(slot) => BlockVerdict::RevokedKey { slot },
                None => BlockVerdict::UntrustedKey { digest: key_digest },
            };
        };
        let key: Option<VerifyingKey> = block.verifying_key(scheme);
        match key.is_some_and(|key| key.verify(&digest, &block.signature(scheme))) {
            true => BlockVerdict::Verified { slot },
            false => BlockVerdict::WrongSignature {
                slot,
                revokes: self.revokes,
            },
        }
    }

    /// The scheme by which ROM reads the block. One that knows RSA alone does not look at the version.
    fn scheme(&self, block: &SignatureBlock) -> Result<Scheme, BlockVerdict> {
        let scheme = match block.scheme() {
            Err(problem @ BlockProblem::Magic { .. }) => {
                return Err(BlockVerdict::Unusable(problem));
            }
            _ if !self.spec.checks_version => Scheme::Rsa3072,
            Err(problem) => return Err(BlockVerdict::Unusable(problem)),
            Ok(scheme) => scheme,
        };
        // Inferred from the C5's two functions, `…_with_keys_sha256` and `_sha384`: the eFuse chooses one or the other.
        let chosen = !self.spec.schemes.contains(&Scheme::Ecdsa384)
            || (scheme == Scheme::Ecdsa384) == self.trusted.sha_384;
        match self.spec.schemes.contains(&scheme) && chosen {
            true => Ok(scheme),
            false => Err(BlockVerdict::Scheme { scheme }),
        }
    }
}
