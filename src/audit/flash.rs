//! Lints about what lies in the flash of a chip that encrypts.

use std::ops::Range;

use super::contents::{Content, FlashContents, Form};
use super::lint::{Evidence, Lint, Outcome, Proof, Severity};
use super::subject::Subject;
use crate::efuse::KeyPurpose;
use crate::flash::partition::{
    Partition, SUBTYPE_NVS, SUBTYPE_NVS_KEYS, SUBTYPE_PHY, TYPE_APP, TYPE_DATA,
};

const BYTES: Proof = Proof::None("no run: the bytes in the flash are the proof");

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "plaintext-bootloader",
        severity: Severity::High,
        title: "bootloader or partition table lie in plain text on a chip that encrypts",
        why: "The chip decrypts what it reads and finds no image: either it never booted so, or the flash was written \
              again without encryption.",
        mend: "Write it encrypted, or let the bootloader encrypt the flash on the first boot.",
        proof: BYTES,
        needs_flash: true,
        check: bootloader,
    },
    Lint {
        id: "plaintext-app",
        severity: Severity::High,
        title: "an app lies in plain text on a chip that encrypts",
        why: "The firmware can be read off the flash chip, although the device encrypts.",
        mend: "Write the app encrypted, or erase the partition.",
        proof: BYTES,
        needs_flash: true,
        check: app,
    },
    Lint {
        id: "plaintext-behind-image",
        severity: Severity::Medium,
        title: "plain text lies behind an app's end",
        why: "ESP-IDF encrypts an app partition only as far as its image reaches: what was there before, such as the end \
              of a longer image, stays readable.",
        mend: "Erase the flash before the first boot, or build without CONFIG_SECURE_FLASH_ENCRYPT_ONLY_IMAGE_LEN_IN_APP_PART.",
        proof: BYTES,
        needs_flash: true,
        check: behind,
    },
    Lint {
        id: "plaintext-flagged-partition",
        severity: Severity::High,
        title: "a partition that should be encrypted lies in plain text",
        why: "The partition table flags it, or its type demands it; somebody who trusts that has secrets there.",
        mend: "Write it encrypted (esp_flash_write_encrypted, espsecure), or erase it.",
        proof: BYTES,
        needs_flash: true,
        check: flagged,
    },
    Lint {
        id: "plaintext-partition",
        severity: Severity::Medium,
        title: "a data partition is not encrypted",
        why: "Without the flag `encrypted` its contents lie in plain text next to the encrypted firmware.",
        mend: "Flag it in the partition table if it holds anything that is nobody's business.",
        proof: BYTES,
        needs_flash: true,
        check: unflagged,
    },
    Lint {
        id: "nvs-plaintext",
        severity: Severity::Medium,
        title: "NVS holds its data in plain text",
        why: "WiFi passwords, tokens and certificates usually lie in NVS. It cannot be flagged; it has an encryption of \
              its own.",
        mend: "Use NVS encryption (CONFIG_NVS_ENCRYPTION) with a partition for its keys, or with HMAC-based keys.",
        proof: BYTES,
        needs_flash: true,
        check: nvs,
    },
    Lint {
        id: "ciphertext-repeats",
        severity: Severity::High,
        title: "ciphertext repeats itself",
        why: "Equal blocks tell where the plain text is equal, and can be exchanged for one another.",
        mend: "Encrypt the flash anew on a chip with a sound cipher configuration.",
        proof: Proof::Cipher,
        needs_flash: true,
        check: repeats,
    },
    Lint {
        id: "flash-unreadable",
        severity: Severity::Note,
        title: "the flash cannot be read with the key of these eFuses",
        why: "What lies there could not be judged: the key is another one, or the eFuse file holds zeros in place of a \
              read-protected key, as espefuse's files do.",
        mend: "Give the eFuse file with the key in it, and the flash that belongs to it.",
        proof: Proof::None("no run: it is a question of the files"),
        needs_flash: true,
        check: unreadable,
    },
];

/// The contents of the flash of a chip that encrypts. Where nothing is encrypted, other lints say so.
fn contents<'a>(subject: &Subject<'a>) -> Option<&'a FlashContents> {
    subject.flash.filter(|_| subject.encrypts())
}

fn range(partition: &Partition) -> Range<u32> {
    partition.offset..partition.offset.saturating_add(partition.size)
}

fn bootloader(subject: &Subject) -> Outcome {
    let Some(flash) = contents(subject) else {
        return Outcome::NotApplicable;
    };
    let at = flash.bootloader_at;
    let loader = (flash.bootloader == Form::Plain).then(|| {
        Evidence::new(format!("a bootloader in plain text at {at:#x}"), []).at(at..at + 4)
    });
    let table = flash.table.and_then(|(at, form)| {
        (form == Form::Plain).then(|| {
            Evidence::new(format!("a partition table in plain text at {at:#x}"), []).at(at..at + 4)
        })
    });
    Outcome::of(loader.into_iter().chain(table))
}

/// Evidence of the partitions for which this is true.
fn partitions(
    subject: &Subject,
    wanted: impl Fn(&Content) -> bool,
    evidence: impl Fn(&Content) -> Evidence,
) -> Outcome {
    match contents(subject) {
        Some(flash) => {
            let found = flash.partitions.iter().filter(|content| wanted(content));
            Outcome::of(found.map(evidence))
        }
        None => Outcome::NotApplicable,
    }
}

fn named(content: &Content) -> String {
    let partition = &content.partition;
    format!(
        "partition \"{}\" at {:#x}",
        partition.label, partition.offset
    )
}

fn app(subject: &Subject) -> Outcome {
    partitions(
        subject,
        |content| content.partition.kind == TYPE_APP && content.form == Form::Plain,
        |content| {
            let what = format!("{} holds an image in plain text", named(content));
            Evidence::new(what, []).at(range(&content.partition))
        },
    )
}

fn behind(subject: &Subject) -> Outcome {
    partitions(
        subject,
        |content| content.form == Form::Encrypted && content.behind.is_some(),
        |content| {
            let place = content.behind.clone().unwrap_or_default();
            let what = format!(
                "{}: plain text from {:#x} to {:#x}, behind the image",
                named(content),
                place.start,
                place.end
            );
            Evidence::new(what, []).at(place)
        },
    )
}

fn is_plain_data(content: &Content) -> bool {
    content.partition.kind != TYPE_APP && content.form == Form::Plain
}

fn flagged(subject: &Subject) -> Outcome {
    partitions(
        subject,
        |content| is_plain_data(content) && content.partition.is_encrypted(),
        |content| {
            Evidence::new(format!("{} holds plain text", named(content)), [])
                .at(range(&content.partition))
        },
    )
}

fn is_nvs(partition: &Partition) -> bool {
    partition.kind == TYPE_DATA && partition.subtype == SUBTYPE_NVS
}

fn unflagged(subject: &Subject) -> Outcome {
    partitions(
        subject,
        |content| {
            let partition = &content.partition;
            is_plain_data(content) && !partition.is_encrypted() && !is_nvs(partition)
        },
        |content| {
            let partition = &content.partition;
            let evidence = Evidence::new(format!("{} holds plain text", named(content)), [])
                .at(range(partition));
            match (partition.kind, partition.subtype) {
                // Radio calibration.
                (TYPE_DATA, SUBTYPE_PHY) => evidence.only(Severity::Note),
                _ => evidence,
            }
        },
    )
}

/// Page headers of NVS are never encrypted, so encrypted pages look plain as well: keys for NVS count in its favour, be
/// they in a partition or, perhaps, in an HMAC key block (ESP-IDF `components/nvs_sec_provider`).
fn nvs(subject: &Subject) -> Outcome {
    let has_keys = contents(subject).is_some_and(|flash| {
        flash.partitions.iter().any(|content| {
            let partition = &content.partition;
            partition.kind == TYPE_DATA
                && partition.subtype == SUBTYPE_NVS_KEYS
                && content.form != Form::Erased
        })
    });
    partitions(
        subject,
        |content| is_plain_data(content) && is_nvs(&content.partition) && !has_keys,
        |content| {
            let what = format!(
                "{} holds plain text, and there is no partition with keys for NVS",
                named(content)
            );
            let evidence = Evidence::new(what, []).at(range(&content.partition));
            match subject.efuses.key_slot_of(KeyPurpose::HmacUp) {
                Some(_) => evidence.only(Severity::Note),
                None => evidence,
            }
        },
    )
}

fn repeats(subject: &Subject) -> Outcome {
    let Some(flash) = contents(subject) else {
        return Outcome::NotApplicable;
    };
    let repeats = flash.repeats;
    if repeats.units == 0 {
        return Outcome::Unknown("no encrypted image was found");
    }
    Outcome::of((repeats.repeated > 0).then(|| {
        let what = format!(
            "{} of {} blocks of {} bytes of encrypted images appear more than once",
            repeats.repeated, repeats.units, repeats.unit
        );
        Evidence::new(what, [])
    }))
}

fn unreadable(subject: &Subject) -> Outcome {
    let Some(flash) = contents(subject) else {
        return Outcome::NotApplicable;
    };
    let at = flash.bootloader_at;
    Outcome::of(match flash.bootloader {
        Form::Unreadable => Some(
            Evidence::new(
                format!("there is no bootloader at {at:#x} behind the cipher"),
                [],
            )
            .at(at..at + 4),
        ),
        _ => None,
    })
}
