//! Lints about keys: who can read or change them, whether they are whole, and whether they can be guessed.

use super::guess::{Weakness, weakness};
use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::Subject;
use crate::efuse::{Field, KeyPurpose};

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "flash-key-readable",
        severity: Severity::High,
        title: "software can read the flash encryption key",
        why: "Any code on the chip, a debugger or an open download mode reads the key; with it the flash is plain text, and \
              a copy runs on a chip that gets the same key.",
        mend: "Read-protect the key. A key that was readable in the field may be known already.",
        proof: Proof::ReadOut,
        needs_flash: false,
        check: key_readable,
    },
    Lint {
        id: "flash-key-writable",
        severity: Severity::Medium,
        title: "the flash encryption key can still be burned",
        why: "Bits can be added to the key: that breaks the device, and where the code that checks the block allows it, \
              tells the key bit by bit, because a bit that was set already changes nothing.",
        mend: "Write-protect the key block.",
        proof: Proof::None("no run: it takes a burn and a boot for every bit of the key"),
        needs_flash: false,
        check: key_writable,
    },
    Lint {
        id: "flash-key-weak",
        severity: Severity::High,
        title: "the flash encryption key can be guessed",
        why: "Who guesses the key has the plain text and makes copies that run.",
        mend: "Only another chip helps: a key block is burned once. Let every chip generate its own key.",
        proof: Proof::GuessedKey,
        needs_flash: false,
        check: key_weak,
    },
    Lint {
        id: "flash-key-half-missing",
        severity: Severity::High,
        title: "only half of a 512-bit flash encryption key is there",
        why: "XTS-AES-256 needs blocks of both purposes. What the hardware takes in place of the missing half is the same \
              on every chip.",
        mend: "Burn the missing half, or use XTS-AES-128.",
        proof: Proof::None("no run: the half that is there cannot be guessed"),
        needs_flash: false,
        check: key_half,
    },
    Lint {
        id: "key-purpose-duplicated",
        severity: Severity::High,
        title: "key blocks contradict each other",
        why: "Two blocks for one purpose, or flash keys of both lengths: ESP-IDF calls that not functional, and which key \
              is used is not documented.",
        mend: "Only another chip helps: purposes cannot be taken back.",
        proof: Proof::None("no run: what the silicon does is not documented"),
        needs_flash: false,
        check: purpose_duplicated,
    },
    Lint {
        id: "key-purpose-writable",
        severity: Severity::Medium,
        title: "the purpose of a key block can still be burned",
        why: "More bits turn the purpose into another one: a hidden flash key could become one for a use that gives its \
              secrets away, or the device stops booting.",
        mend: "Write-protect the purposes of all blocks that hold keys.",
        proof: Proof::None(
            "no run: what a key gives away under another purpose is no question of a boot",
        ),
        needs_flash: false,
        check: purpose_writable,
    },
    Lint {
        id: "secret-key-readable",
        severity: Severity::Medium,
        title: "software can read a secret key",
        why: "Keys of the HMAC and ECDSA units are meant to be used and never seen: whoever reads them can be the device.",
        mend: "Read-protect the key block.",
        proof: Proof::None("no run: nothing in the boot depends on it"),
        needs_flash: false,
        check: secret_readable,
    },
    Lint {
        id: "secret-key-writable",
        severity: Severity::Medium,
        title: "a secret key can still be burned",
        why: "Bits can be added to the key until it is no longer the one that was provisioned.",
        mend: "Write-protect the key block.",
        proof: Proof::None("no run: nothing in the boot depends on it"),
        needs_flash: false,
        check: secret_writable,
    },
];

/// The fields of the flash encryption key, where one is in use: encryption is on, or the block is hidden or not blank.
fn flash_keys<'a>(subject: &'a Subject) -> impl Iterator<Item = &'static Field> + use<'a> {
    let bank = subject.efuses;
    let used = |field: &&'static Field| {
        subject.encrypts() || bank.is_read_protected(field) || !bank.is_blank(field.block)
    };
    bank.flash_key_fields().into_iter().filter(used)
}

fn key_readable(subject: &Subject) -> Outcome {
    let mut keys = flash_keys(subject).peekable();
    if keys.peek().is_none() {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        keys.filter(|key| !subject.efuses.is_read_protected(key))
            .map(|key| {
                let evidence =
                    Evidence::new(format!("{} is not read-protected", key.name), [key.name])
                        .fixed_by([Fix::ReadProtect(key.name)]);
                match subject.encrypts() {
                    true => evidence,
                    false => evidence.only(Severity::Medium).proven_by(Proof::None(
                        "no run: encryption is off, the key is not in use",
                    )),
                }
            }),
    )
}

fn key_writable(subject: &Subject) -> Outcome {
    let mut keys = flash_keys(subject).peekable();
    if keys.peek().is_none() {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        keys.filter(|key| !subject.efuses.is_write_protected(key))
            .map(|key| {
                Evidence::new(format!("{} is not write-protected", key.name), [key.name])
                    .fixed_by([Fix::WriteProtect(key.name)])
            }),
    )
}

fn key_weak(subject: &Subject) -> Outcome {
    if !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    if subject.efuses.flash_key_is_unseen() {
        return Outcome::Unknown("the key is hidden, and zeros stand in its place in these eFuses");
    }
    let names: Vec<&'static str> = flash_keys(subject).map(|field| field.name).collect();
    Outcome::of(weakness(subject.efuses).map(|weakness| {
        let evidence = Evidence::new(weakness.to_string(), names);
        match weakness {
            Weakness::EqualHalves => evidence.only(Severity::Medium).proven_by(Proof::None(
                "no run: the half that stands twice cannot be guessed",
            )),
            _ => evidence,
        }
    }))
}

/// The slots with this purpose.
fn slots(subject: &Subject, purpose: KeyPurpose) -> Vec<usize> {
    let bank = subject.efuses;
    (0..bank.key_slots())
        .filter(|&slot| bank.key_purpose(slot) == Some(purpose))
        .collect()
}

fn key_half(subject: &Subject) -> Outcome {
    let bank = subject.efuses;
    if bank.purpose_code(KeyPurpose::XtsAes256Key2).is_none() {
        return Outcome::NotApplicable;
    }
    let halves = [KeyPurpose::XtsAes256Key1, KeyPurpose::XtsAes256Key2];
    let [first, second] = halves.map(|purpose| slots(subject, purpose).first().copied());
    let (slot, missing) = match (first, second) {
        (Some(slot), None) => (slot, halves[1]),
        (None, Some(slot)) => (slot, halves[0]),
        (Some(_), Some(_)) => return Outcome::Clean,
        (None, None) => return Outcome::NotApplicable,
    };
    let name = bank.key_field(slot).map_or("", |field| field.name);
    Outcome::Found(vec![Evidence::new(
        format!("{name} holds one half; no block has the purpose {missing}"),
        [name],
    )])
}

fn purpose_duplicated(subject: &Subject) -> Outcome {
    let bank = subject.efuses;
    if bank.key_slots() == 0 {
        return Outcome::NotApplicable;
    }
    let names = |slots: &[usize]| -> Vec<&'static str> {
        let fields = slots.iter().filter_map(|&slot| bank.key_field(slot));
        fields.map(|field| field.name).collect()
    };
    let unique = [
        KeyPurpose::XtsAes128Key,
        KeyPurpose::XtsAes256Key1,
        KeyPurpose::XtsAes256Key2,
        KeyPurpose::SecureBootDigest0,
        KeyPurpose::SecureBootDigest1,
        KeyPurpose::SecureBootDigest2,
    ];
    let twice = unique.into_iter().filter_map(|purpose| {
        let slots = slots(subject, purpose);
        let names = names(&slots);
        (slots.len() > 1).then(|| {
            Evidence::new(
                format!("{} all have the purpose {purpose}", names.join(", ")),
                names,
            )
        })
    });
    let short = slots(subject, KeyPurpose::XtsAes128Key);
    let long = slots(subject, KeyPurpose::XtsAes256Key1);
    let both = (!short.is_empty() && !long.is_empty()).then(|| {
        let names = names(&[short, long].concat());
        Evidence::new(
            format!(
                "{}: flash keys for XTS-AES-128 and for XTS-AES-256",
                names.join(", ")
            ),
            names,
        )
    });
    Outcome::of(twice.chain(both))
}

/// The slots that hold something with a purpose.
fn used_slots<'a>(subject: &'a Subject) -> impl Iterator<Item = (usize, KeyPurpose)> + use<'a> {
    let bank = subject.efuses;
    (0..bank.key_slots()).filter_map(move |slot| {
        let purpose = bank.key_purpose(slot)?;
        (purpose != KeyPurpose::User).then_some((slot, purpose))
    })
}

fn purpose_writable(subject: &Subject) -> Outcome {
    let bank = subject.efuses;
    if bank.key_slots() == 0 {
        return Outcome::NotApplicable;
    }
    Outcome::of(used_slots(subject).filter_map(|(slot, purpose)| {
        let field = bank.key_purpose_field(slot)?;
        (field.bits > 0 && !bank.is_write_protected(field)).then(|| {
            let what = format!("{} = {purpose}, not write-protected", field.name);
            Evidence::new(what, [field.name]).fixed_by([Fix::WriteProtect(field.name)])
        })
    }))
}

/// The key blocks of secrets that are no flash keys.
fn secrets<'a>(
    subject: &'a Subject,
) -> impl Iterator<Item = (&'static Field, KeyPurpose)> + use<'a> {
    let bank = subject.efuses;
    used_slots(subject)
        .filter(|(_, purpose)| purpose.is_secret() && !purpose.is_xts())
        .filter_map(|(slot, purpose)| Some((bank.key_field(slot)?, purpose)))
}

fn secret_readable(subject: &Subject) -> Outcome {
    let mut all = secrets(subject).peekable();
    if all.peek().is_none() {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        all.filter(|(key, _)| !subject.efuses.is_read_protected(key))
            .map(|(key, purpose)| {
                let what = format!("{} ({purpose}) is not read-protected", key.name);
                Evidence::new(what, [key.name]).fixed_by([Fix::ReadProtect(key.name)])
            }),
    )
}

fn secret_writable(subject: &Subject) -> Outcome {
    let mut all = secrets(subject).peekable();
    if all.peek().is_none() {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        all.filter(|(key, _)| !subject.efuses.is_write_protected(key))
            .map(|(key, purpose)| {
                let what = format!("{} ({purpose}) is not write-protected", key.name);
                Evidence::new(what, [key.name]).fixed_by([Fix::WriteProtect(key.name)])
            }),
    )
}
