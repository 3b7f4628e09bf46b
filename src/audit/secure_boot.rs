//! Lints about secure boot: off, without a usable digest, or with room for somebody else's.

use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::{Subject, zero};
use crate::efuse::{Field, KeyPurpose};

const SIGNED: Proof = Proof::None("no run: it takes an image that is signed with a foreign key");

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "secure-boot-off",
        severity: Severity::Medium,
        title: "secure boot is off",
        why: "The chip runs whatever is in its flash. Encryption alone keeps no one out who can let the chip encrypt, and \
              has no integrity: blocks can be exchanged. (Secure boot alone does not stop a copy either.)",
        mend: "Switch secure boot v2 on, before or together with flash encryption (CONFIG_SECURE_BOOT_V2_ENABLED).",
        proof: Proof::OwnFirmware,
        needs_flash: false,
        check: off,
    },
    Lint {
        id: "secure-boot-v1",
        severity: Severity::Note,
        title: "secure boot is of version 1",
        why: "Its digest is made with a symmetric key of the chip. Version 2, which this revision has, checks signatures.",
        mend: "Use secure boot v2 in new devices.",
        proof: Proof::None("no run: it is a question of design"),
        needs_flash: false,
        check: version_1,
    },
    Lint {
        id: "secure-boot-key-readable",
        severity: Severity::High,
        title: "software can read the key of secure boot v1",
        why: "With it anybody makes the digest that the ROM accepts, for a bootloader of their own.",
        mend: "Read-protect BLOCK2.",
        proof: Proof::None("no run: it takes a bootloader with a foreign digest"),
        needs_flash: false,
        check: v1_key_readable,
    },
    Lint {
        id: "secure-boot-key-writable",
        severity: Severity::Medium,
        title: "the key or a digest of secure boot can still be burned",
        why: "Bits can be added until nothing verifies any more, or until the digest is that of another key.",
        mend: "Write-protect the block.",
        proof: Proof::None("no run: it is a denial of service at least"),
        needs_flash: false,
        check: key_writable,
    },
    Lint {
        id: "secure-boot-digest-missing",
        severity: Severity::High,
        title: "secure boot is on without a usable digest",
        why: "No signature can be checked: the chip refuses every image, or checks against zeros.",
        mend: "Burn the digest of the public key before secure boot is switched on.",
        proof: Proof::None("no run: there is nothing to copy in a chip that does not boot"),
        needs_flash: false,
        check: digest_missing,
    },
    Lint {
        id: "secure-boot-digest-hidden",
        severity: Severity::High,
        title: "a digest of secure boot is read-protected",
        why: "The ROM reads digests as software does: a hidden one reads as zeros.",
        mend: "Revoke that digest, where the chip can, and use another one.",
        proof: SIGNED,
        needs_flash: false,
        check: digest_hidden,
    },
    Lint {
        id: "secure-boot-slot-open",
        severity: Severity::Medium,
        title: "an unused digest slot is not revoked",
        why: "Whoever can burn eFuses adds the digest of a key of their own, and the ROM trusts it.",
        mend: "Revoke the slots that stay unused; ESP-IDF does so on the first boot unless told otherwise.",
        proof: SIGNED,
        needs_flash: false,
        check: slot_open,
    },
    Lint {
        id: "aggressive-revoke-off",
        severity: Severity::Note,
        title: "a failed signature revokes no key",
        why: "With SECURE_BOOT_AGGRESSIVE_REVOKE each failed check costs the attacker a key; it also lets one disturbed \
              boot cost the owner the device. ESP-IDF wants it only where it is configured.",
        mend: "Burn SECURE_BOOT_AGGRESSIVE_REVOKE if tries at the signature are the greater danger.",
        proof: Proof::None("no run: it is a question of design"),
        needs_flash: false,
        check: aggressive,
    },
    Lint {
        id: "anti-rollback-absent",
        severity: Severity::Note,
        title: "no minimum secure version is burned",
        why: "An older, signed and encrypted release with a known hole can be put back.",
        mend: "Use CONFIG_BOOTLOADER_APP_ANTI_ROLLBACK; the app burns SECURE_VERSION when an update has proven itself.",
        proof: Proof::None("no run: it takes an older release of the app"),
        needs_flash: false,
        check: rollback,
    },
    Lint {
        id: "sha384-switch-writable",
        severity: Severity::Medium,
        title: "secure boot can be switched to SHA-384",
        why: "A chip whose images are signed with SHA-256 refuses them all once the bit is burned.",
        mend: "Write-protect SECURE_BOOT_SHA384_EN.",
        proof: Proof::None("no run: it is a denial of service"),
        needs_flash: false,
        check: sha384,
    },
    Lint {
        id: "ecdsa-curve-open",
        severity: Severity::Medium,
        title: "the curve of the ECDSA unit is not fixed",
        why: "The unit can be switched to the shorter curve P-192.",
        mend: "Write-protect ECDSA_CURVE_MODE, or burn it to the locked P-256.",
        proof: Proof::None("no run: nothing in the boot depends on it"),
        needs_flash: false,
        check: ecdsa_curve,
    },
];

/// The digests of secure boot v2 with the fields that revoke them.
const DIGESTS: [(KeyPurpose, &str); 3] = [
    (KeyPurpose::SecureBootDigest0, "SECURE_BOOT_KEY_REVOKE0"),
    (KeyPurpose::SecureBootDigest1, "SECURE_BOOT_KEY_REVOKE1"),
    (KeyPurpose::SecureBootDigest2, "SECURE_BOOT_KEY_REVOKE2"),
];
/// Key (v1) or digest (v2) of the ESP32.
const BLOCK2: &str = "BLOCK2";
/// ECDSA_CURVE_MODE: P-256 only, for good (ESP-IDF `ESP_EFUSE_ECDSA_CURVE_MODE_ALLOW_ONLY_P256_BIT_LOCKED`).
const ONLY_P256: u64 = 2;

fn off(subject: &Subject) -> Outcome {
    if subject.secure_boot_v2() || subject.is_set("ABS_DONE_0") {
        return Outcome::Clean;
    }
    let names = ["ABS_DONE_0", "ABS_DONE_1", "SECURE_BOOT_EN"];
    let mut open = subject.open(&names);
    if !subject.is_esp32_v3() {
        open.retain(|name| *name != "ABS_DONE_1");
    }
    if open.is_empty() {
        return Outcome::Unknown("no switch of secure boot is known");
    }
    let evidence = Evidence::new(zero(&open), open);
    Outcome::Found(vec![match subject.encrypts() {
        true => evidence.proven_by(Proof::None(
            "no run: a foreign firmware would have to be encrypted with the chip's key",
        )),
        false => evidence,
    }])
}

fn version_1(subject: &Subject) -> Outcome {
    if !subject.is_esp32_v3() {
        return Outcome::NotApplicable;
    }
    Outcome::of(subject.secure_boot_v1().then(|| {
        Evidence::new(
            "ABS_DONE_0 = 1, ABS_DONE_1 = 0",
            ["ABS_DONE_0", "ABS_DONE_1"],
        )
    }))
}

fn v1_key_readable(subject: &Subject) -> Outcome {
    if !subject.secure_boot_v1() {
        return Outcome::NotApplicable;
    }
    let hidden = subject
        .field(BLOCK2)
        .is_some_and(|field| subject.efuses.is_read_protected(field));
    Outcome::of((!hidden).then(|| {
        Evidence::new("BLOCK2 is not read-protected", [BLOCK2]).fixed_by([Fix::ReadProtect(BLOCK2)])
    }))
}

/// The blocks whose digests the ROM would accept: what they are for, and their fields.
fn digests(subject: &Subject) -> Vec<&'static Field> {
    if !subject.secure_boot_v2() {
        return Vec::new();
    }
    if let Some(block) = subject.field(BLOCK2).filter(|_| subject.is_esp32_v3()) {
        return vec![block];
    }
    let bank = subject.efuses;
    let live = DIGESTS.iter().filter(|(_, revoke)| !subject.is_set(revoke));
    live.filter_map(|(purpose, _)| bank.key_field(bank.key_slot_of(*purpose)?))
        .collect()
}

fn key_writable(subject: &Subject) -> Outcome {
    let mut blocks = digests(subject);
    if subject.secure_boot_v1() {
        blocks.extend(subject.field(BLOCK2));
    }
    if blocks.is_empty() {
        return Outcome::NotApplicable;
    }
    let open = blocks
        .into_iter()
        .filter(|field| !subject.efuses.is_write_protected(field));
    Outcome::of(open.map(|field| {
        Evidence::new(
            format!("{} is not write-protected", field.name),
            [field.name],
        )
        .fixed_by([Fix::WriteProtect(field.name)])
    }))
}

fn digest_missing(subject: &Subject) -> Outcome {
    if !subject.secure_boot_v2() {
        return Outcome::NotApplicable;
    }
    let bank = subject.efuses;
    // What a hidden digest is, is unknown; that it is hidden is another finding.
    let usable = |field: &&Field| !bank.is_blank(field.block) || bank.is_read_protected(field);
    let blocks = digests(subject);
    if blocks.is_empty() {
        // A chip with one digest has no purposes to find it by.
        if bank.purpose_code(KeyPurpose::SecureBootDigest0).is_none() {
            return Outcome::Unknown("where this chip keeps its digest is not known");
        }
        return Outcome::Found(vec![Evidence::new(
            "no key block holds a digest that is not revoked",
            [],
        )]);
    }
    let blank = blocks.iter().copied().filter(|field| !usable(field));
    Outcome::of(blank.map(|field| Evidence::new(format!("{} is blank", field.name), [field.name])))
}

fn digest_hidden(subject: &Subject) -> Outcome {
    let blocks = digests(subject);
    if blocks.is_empty() {
        return Outcome::NotApplicable;
    }
    let hidden = blocks
        .into_iter()
        .filter(|field| subject.efuses.is_read_protected(field));
    Outcome::of(
        hidden
            .map(|field| Evidence::new(format!("{} is read-protected", field.name), [field.name])),
    )
}

fn slot_open(subject: &Subject) -> Outcome {
    let bank = subject.efuses;
    if !subject.secure_boot_v2() || !subject.has_any(&[DIGESTS[0].1]) {
        return Outcome::NotApplicable;
    }
    Outcome::of(DIGESTS.iter().filter_map(|(purpose, revoke)| {
        let open = subject.is_open(revoke) && bank.key_slot_of(*purpose).is_none();
        open.then(|| {
            let what = format!("no key block has the purpose {purpose}, and {revoke} = 0");
            Evidence::new(what, [*revoke]).fixed_by([Fix::Burn(revoke, 1)])
        })
    }))
}

fn aggressive(subject: &Subject) -> Outcome {
    const NAME: &str = "SECURE_BOOT_AGGRESSIVE_REVOKE";
    if !subject.secure_boot_v2() || !subject.has_any(&[NAME]) {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        subject
            .is_open(NAME)
            .then(|| Evidence::new(zero(&[NAME]), [NAME]).fixed_by([Fix::Burn(NAME, 1)])),
    )
}

fn rollback(subject: &Subject) -> Outcome {
    const NAME: &str = "SECURE_VERSION";
    if !subject.has_any(&[NAME]) {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        subject
            .is_open(NAME)
            .then(|| Evidence::new(zero(&[NAME]), [NAME])),
    )
}

fn sha384(subject: &Subject) -> Outcome {
    const NAME: &str = "SECURE_BOOT_SHA384_EN";
    let locks = subject
        .field(NAME)
        .is_some_and(|field| field.wr_dis.is_some());
    if !subject.secure_boot_v2() || !locks {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        (subject.is_open(NAME) && !subject.is_locked(NAME)).then(|| {
            Evidence::new(format!("{NAME} = 0, not write-protected"), [NAME])
                .fixed_by([Fix::WriteProtect(NAME)])
        }),
    )
}

fn ecdsa_curve(subject: &Subject) -> Outcome {
    const NAME: &str = "ECDSA_CURVE_MODE";
    let Some(value) = subject.value(NAME) else {
        return Outcome::NotApplicable;
    };
    if !subject.secure_boot_v2() {
        return Outcome::NotApplicable;
    }
    Outcome::of((value != ONLY_P256 && !subject.is_locked(NAME)).then(|| {
        Evidence::new(format!("{NAME} = {value}, not write-protected"), [NAME])
            .fixed_by([Fix::WriteProtect(NAME)])
    }))
}
