//! Lints about ways to start code that go around the bootloader.

use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::{Subject, zero};

const NO_RUN: Proof = Proof::None("no run: the virtual chip boots by the usual way only");

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "direct-boot-open",
        severity: Severity::Medium,
        title: "direct boot is open",
        why: "With a mark at the beginning of the flash the ROM runs code there without bootloader, header or check.",
        mend: "Burn DIS_DIRECT_BOOT.",
        proof: NO_RUN,
        needs_flash: false,
        check: direct,
    },
    Lint {
        id: "legacy-spi-boot-open",
        severity: Severity::Medium,
        title: "the legacy SPI boot mode is open",
        why: "It starts code from flash by an older way that knows nothing of today's protections.",
        mend: "Burn DIS_LEGACY_SPI_BOOT.",
        proof: NO_RUN,
        needs_flash: false,
        check: legacy,
    },
    Lint {
        id: "boot-remap-open",
        severity: Severity::Medium,
        title: "the ROM can be mapped away at boot",
        why: "Code in RAM can take the place of the ROM and of its checks over a reset.",
        mend: "Burn DIS_BOOT_REMAP.",
        proof: NO_RUN,
        needs_flash: false,
        check: remap,
    },
];

fn direct(subject: &Subject) -> Outcome {
    switch(subject, "DIS_DIRECT_BOOT")
}

fn legacy(subject: &Subject) -> Outcome {
    switch(subject, "DIS_LEGACY_SPI_BOOT")
}

fn remap(subject: &Subject) -> Outcome {
    switch(subject, "DIS_BOOT_REMAP")
}

fn switch(subject: &Subject, name: &'static str) -> Outcome {
    if subject.field(name).is_none() {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        subject
            .is_open(name)
            .then(|| Evidence::new(zero(&[name]), [name]).fixed_by([Fix::Burn(name, 1)])),
    )
}
