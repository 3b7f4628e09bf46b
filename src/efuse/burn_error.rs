//! Why a burn of fields or protections is refused.

use super::coding::CodingScheme;
use super::purpose::KeyPurpose;
use crate::chip::Chip;

/// A burn that the chip, or a careful tool, refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BurnError {
    /// No field or block has this name.
    #[error("{chip} has no eFuse field or block \"{name}\"")]
    Unknown {
        /// The chip.
        chip: Chip,
        /// The name as given.
        name: String,
    },
    /// A field is named twice.
    #[error("eFuse field {name} is named twice")]
    Twice {
        /// Field name.
        name: &'static str,
    },
    /// The value has more bits than the field.
    #[error("value does not fit eFuse field {name} of {bits} bits")]
    TooWide {
        /// Field name.
        name: &'static str,
        /// Bits of the field.
        bits: usize,
    },
    /// The value is zero.
    #[error("eFuse field {name}: nothing to burn, a blank field is zero already")]
    Nothing {
        /// Field name.
        name: &'static str,
    },
    /// The value lacks bits that are set.
    #[error("eFuse field {name} {} already: set bits cannot be cleared", held(.now))]
    Clears {
        /// Field name.
        name: &'static str,
        /// What is burned, little-endian.
        now: Vec<u8>,
    },
    /// The field or block is read-protected: what a burn would do to its contents cannot be known.
    #[error("{name} is read-protected: a burn may damage what it holds")]
    Hidden {
        /// Name of the field or block.
        name: &'static str,
    },
    /// The field or block is write-protected.
    #[error("eFuse field {name} is write-protected")]
    Protected {
        /// Name of the field or block.
        name: &'static str,
    },
    /// The block is coded and holds something already.
    #[error(
        "{name} is not blank, and a second burn would break its check bytes (coding scheme {scheme})"
    )]
    Coded {
        /// Name of the block.
        name: &'static str,
        /// The coding scheme.
        scheme: CodingScheme,
    },
    /// Espressif's tools do not know how to burn with this coding scheme.
    #[error("coding scheme {scheme} is not supported by Espressif's tools")]
    Scheme {
        /// The coding scheme.
        scheme: CodingScheme,
    },
    /// The chip has no such key purpose.
    #[error("{name}: the chip has no key purpose with the code {code}")]
    Purpose {
        /// Field name.
        name: &'static str,
        /// The code.
        code: u8,
    },
    /// This key block cannot have the purpose.
    #[error(
        "{name} cannot have the purpose {purpose}: a fault of the hardware excludes such keys there"
    )]
    PurposeOfSlot {
        /// Field name of the key block.
        name: &'static str,
        /// The purpose.
        purpose: KeyPurpose,
    },
    /// A fault of ROM forbids the two together.
    #[error("{first} and {second} cannot be burned both: the chip's ROM fails then")]
    Together {
        /// A field name.
        first: &'static str,
        /// The other field name.
        second: &'static str,
    },
    /// No protection bit belongs to the field.
    #[error("eFuse field {name} cannot be {what}-protected")]
    Unprotectable {
        /// Field name.
        name: &'static str,
        /// The kind of protection: read or write.
        what: &'static str,
    },
    /// Software or ROM needs the field.
    #[error("{name} must stay readable: {why}")]
    MustBeReadable {
        /// Field name.
        name: &'static str,
        /// Who reads it.
        why: &'static str,
    },
}

impl BurnError {
    /// Whether the check only guards against a mistake: the chip would burn it.
    pub fn can_be_forced(&self) -> bool {
        matches!(
            self,
            BurnError::Purpose { .. }
                | BurnError::PurposeOfSlot { .. }
                | BurnError::Together { .. }
                | BurnError::MustBeReadable { .. }
        )
    }
}

/// What a field holds, where it is a number; a longer one may be a key, which no message tells.
fn held(bytes: &[u8]) -> String {
    if bytes.len() > 8 {
        return "holds other bits".to_owned();
    }
    let number = bytes.iter().rev();
    let number = number.fold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
    format!("is {number:#x}")
}
