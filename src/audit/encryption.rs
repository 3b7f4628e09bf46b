//! Lints about flash encryption as a whole: off, reversible, development mode.

use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::{Subject, zero};

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "flash-encryption-off",
        severity: Severity::High,
        title: "flash encryption is off",
        why: "Nothing ties the firmware to its chip: whoever copies the flash has a second working device, and reads \
              code and secrets in plain text.",
        mend: "Switch flash encryption on in release mode, with a key that the chip generates itself \
               (CONFIG_SECURE_FLASH_ENC_ENABLED, CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE).",
        proof: Proof::CopyOnBlank,
        needs_flash: false,
        check: encryption_off,
    },
    Lint {
        id: "crypt-counter-open",
        severity: Severity::High,
        title: "flash encryption can be switched off again",
        why: "One more bit of the counter makes it even, and the chip boots from plain text: an attacker's firmware, which \
              has the chip and its peripherals to itself.",
        mend: "Burn the counter full: on the ESP32 rather than to write-protect it, which would lock UART_DOWNLOAD_DIS \
               in its present state.",
        proof: Proof::CounterFlip,
        needs_flash: false,
        check: counter_open,
    },
    Lint {
        id: "development-mode",
        severity: Severity::High,
        title: "flash encryption is in development mode",
        why: "ESP-IDF's development mode leaves the doors open through which firmware is changed on a desk. A device in \
              the field needs release mode.",
        mend: "Build with CONFIG_SECURE_FLASH_ENCRYPTION_MODE_RELEASE, or call esp_flash_encryption_set_release_mode().",
        proof: Proof::DownloadMode,
        needs_flash: false,
        check: development_mode,
    },
];

/// What release mode wants burned besides the counter (ESP-IDF `flash_encrypt.c`, `esp_get_flash_encryption_mode`).
const RELEASE: &[&str] = &[
    "DISABLE_DL_CACHE",
    "DISABLE_DL_ENCRYPT",
    "DISABLE_DL_DECRYPT",
    "DIS_DOWNLOAD_MANUAL_ENCRYPT",
    "SPI_DOWNLOAD_MSPI_DIS",
    "DIS_DOWNLOAD_ICACHE",
    "DIS_DOWNLOAD_DCACHE",
];

fn encryption_off(subject: &Subject) -> Outcome {
    if subject.encrypts() {
        return Outcome::Clean;
    }
    let counter = subject.efuses.table().crypt_cnt;
    let value = subject.efuses.get(&counter);
    let mut what = format!("{} = {value:#x}, an even number of bits", counter.name);
    if subject.efuses.is_write_protected(&counter) {
        what += ", and write-protected: it can never be switched on";
    } else if value != 0 {
        what += ": it was on and has been switched off";
    }
    let evidence = Evidence::new(what, [counter.name]);
    Outcome::Found(vec![match subject.secure_boot_v1() {
        // The ROM looks for a digest that this chip's key makes.
        true => evidence.proven_by(Proof::None("no run: a signed bootloader would be needed")),
        false => evidence,
    }])
}

/// Whether the counter is neither full nor write-protected.
fn counter_is_open(subject: &Subject) -> bool {
    let counter = subject.efuses.table().crypt_cnt;
    let full = (1 << counter.bits) - 1;
    subject.efuses.get(&counter) != full && !subject.efuses.is_write_protected(&counter)
}

fn counter_open(subject: &Subject) -> Outcome {
    if !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    if !counter_is_open(subject) {
        return Outcome::Clean;
    }
    let counter = subject.efuses.table().crypt_cnt;
    let full = (1 << counter.bits) - 1;
    let what = format!(
        "{} = {:#x} of {full:#x}, not write-protected",
        counter.name,
        subject.efuses.get(&counter)
    );
    let evidence = Evidence::new(what, [counter.name]).fixed_by([Fix::Burn(counter.name, full)]);
    let signed = subject.secure_boot_v1() || subject.secure_boot_v2();
    Outcome::Found(vec![match signed {
        true => evidence.only(Severity::Medium).proven_by(Proof::None(
            "no run: with secure boot on, the foreign firmware would have to be signed",
        )),
        false => evidence,
    }])
}

fn development_mode(subject: &Subject) -> Outcome {
    if !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    let counter = subject.efuses.table().crypt_cnt;
    let open = subject.open(RELEASE);
    let counting = counter_is_open(subject);
    if open.is_empty() && !counting {
        return Outcome::Clean;
    }
    let full = (1 << counter.bits) - 1;
    let mut parts = Vec::new();
    let mut fields = open.clone();
    let mut fixes: Vec<Fix> = open.iter().map(|name| Fix::Burn(name, 1)).collect();
    if counting {
        parts.push(format!("{} is neither full nor protected", counter.name));
        fields.push(counter.name);
        fixes.push(Fix::Burn(counter.name, full));
    }
    if !open.is_empty() {
        parts.push(zero(&open));
    }
    let evidence = Evidence::new(parts.join(", "), fields).fixed_by(fixes);
    let signed = subject.secure_boot_v1() || subject.secure_boot_v2();
    Outcome::Found(vec![if counting && !signed {
        evidence.proven_by(Proof::CounterFlip)
    } else if subject.download_is_harmless() {
        evidence
            .only(Severity::Note)
            .proven_by(Proof::None("no run: download mode is closed besides"))
    } else {
        evidence
    }])
}
