//! An audit of a chip's configuration: eFuses, and where it is known the flash, against a list of lints.
//!
//! Each weakness is a [`Lint`] with an id, a severity, why it matters, how to mend it, and the run on the virtual chip
//! that proves it ([`Proof`]). The lints go by the names of eFuse fields: where a chip lacks the field, the lint does not
//! apply to it. They cover ESP-IDF's own release check (`components/bootloader_support/src/flash_encrypt.c`,
//! `esp_flash_encryption_cfg_verify_release_mode`, and `src/secure_boot.c`, `esp_secure_boot_cfg_verify_release_mode`).

mod boot_modes;
mod cipher;
mod contents;
mod debug;
mod download;
mod encryption;
mod flash;
mod guess;
mod keys;
mod lint;
mod protection;
mod repeats;
mod secure_boot;
mod subject;

#[cfg(test)]
mod flash_tests;
#[cfg(test)]
mod hidden_key_tests;
#[cfg(test)]
mod tests;

pub use contents::{FlashContents, Form};
pub use guess::guessed_key;
pub use lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
pub use repeats::{Repeats, repeats_of_known_text};
pub use subject::Subject;

use crate::efuse::EfuseBank;

/// All lints, by family.
pub static LINTS: &[&[Lint]] = &[
    encryption::LINTS,
    cipher::LINTS,
    keys::LINTS,
    download::LINTS,
    debug::LINTS,
    boot_modes::LINTS,
    secure_boot::LINTS,
    protection::LINTS,
    flash::LINTS,
];

/// One weakness that was found.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The lint that found it.
    pub lint: &'static Lint,
    /// What was found.
    pub evidence: Evidence,
    /// How bad it is here.
    pub severity: Severity,
    /// Whether the burns of [`Evidence::fixes`] are still possible; true where there are none.
    pub can_be_mended: bool,
}

/// What an audit gives.
#[derive(Debug, Clone, Default)]
pub struct Audit {
    /// The weaknesses, the worst first; among equals in the order of [`LINTS`].
    pub findings: Vec<Finding>,
    /// Lints that apply and found nothing.
    pub passed: Vec<&'static Lint>,
    /// Lints about something that this chip, or this configuration, does not have.
    pub not_applicable: Vec<&'static Lint>,
    /// Lints that could not be decided, and why.
    pub unknown: Vec<(&'static Lint, &'static str)>,
}

impl Audit {
    /// Whether nothing worse than notes was found.
    pub fn is_clean(&self) -> bool {
        let mut all = self.findings.iter();
        all.all(|finding| finding.severity == Severity::Note)
    }
}

/// Checks a configuration against all lints.
pub fn audit(subject: &Subject) -> Audit {
    let mut audit = Audit::default();
    for lint in LINTS.iter().copied().flatten() {
        match lint.run(subject) {
            Outcome::NotApplicable => audit.not_applicable.push(lint),
            Outcome::Unknown(why) => audit.unknown.push((lint, why)),
            Outcome::Clean => audit.passed.push(lint),
            Outcome::Found(all) => audit
                .findings
                .extend(all.into_iter().map(|evidence| Finding {
                    lint,
                    severity: evidence.severity.unwrap_or(lint.severity),
                    can_be_mended: can_burn(subject.efuses, &evidence.fixes),
                    evidence,
                })),
        }
    }
    audit.findings.sort_by_key(|finding| finding.severity);
    audit
}

/// Burns fixes with the chip's rules; false where a protection stands against one of them.
pub fn apply(bank: &mut EfuseBank, fixes: &[Fix]) -> bool {
    fixes.iter().all(|fix| fix.apply(bank))
}

fn can_burn(bank: &EfuseBank, fixes: &[Fix]) -> bool {
    apply(&mut bank.clone(), fixes)
}
