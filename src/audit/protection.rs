//! Lints about the protection bits: what is still open there, and what they have locked in the wrong state.

use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::{Subject, zero};

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "wr-dis-trap",
        severity: Severity::Medium,
        title: "a switch is locked in its open state",
        why: "One bit of WR_DIS protects several fields. Here it was burned, for the sake of another field, before a \
              switch that should be closed: nothing can close it any more.",
        mend: "Only another chip helps. Burn the switches first and the protection last; on the ESP32, UART_DOWNLOAD_DIS \
               before FLASH_CRYPT_CNT is write-protected.",
        proof: Proof::DownloadMode,
        needs_flash: false,
        check: trap,
    },
    Lint {
        id: "rd-dis-writable",
        severity: Severity::Medium,
        title: "more key blocks can be read-protected",
        why: "A digest of secure boot that is hidden from software reads as zeros to the ROM: secure boot then checks \
              against a digest that is none. ESP-IDF's release check wants RD_DIS locked.",
        mend: "Write-protect RD_DIS, after every key is read-protected that has to be.",
        proof: Proof::None("no run: it takes a signed image"),
        needs_flash: false,
        check: rd_dis,
    },
    Lint {
        id: "cache-switch-writable",
        severity: Severity::Note,
        title: "the caches can be switched off for good",
        why: "Whoever can burn eFuses can burn that field, and the chip never boots again: a denial of service. ESP-IDF's \
              release check wants it locked.",
        mend: "Write-protect it, after the fields that share its protection are burned.",
        proof: Proof::None("no run: it is a denial of service"),
        needs_flash: false,
        check: cache,
    },
];

/// Switches that should be burned in a device in the field.
const SWITCHES: &[&str] = &[
    "UART_DOWNLOAD_DIS",
    "DISABLE_DL_ENCRYPT",
    "DISABLE_DL_DECRYPT",
    "DISABLE_DL_CACHE",
    "JTAG_DISABLE",
    "CONSOLE_DEBUG_DISABLE",
    "DIS_DOWNLOAD_MANUAL_ENCRYPT",
    "DIS_DOWNLOAD_ICACHE",
    "DIS_DOWNLOAD_DCACHE",
    "SPI_DOWNLOAD_MSPI_DIS",
    "HARD_DIS_JTAG",
    "DIS_PAD_JTAG",
    "DIS_USB_JTAG",
    "DIS_DIRECT_BOOT",
    "DIS_LEGACY_SPI_BOOT",
    "DIS_BOOT_REMAP",
    "SECURE_BOOT_EN",
    "ABS_DONE_1",
];

fn trap(subject: &Subject) -> Outcome {
    let locked = |name: &&&str| subject.is_open(name) && subject.is_locked(name);
    let trapped: Vec<&'static str> = SWITCHES.iter().filter(locked).copied().collect();
    if trapped.is_empty() {
        return Outcome::Clean;
    }
    let mut what = format!("{}, write-protected", zero(&trapped));
    if trapped.contains(&"UART_DOWNLOAD_DIS") {
        what += " with FLASH_CRYPT_CNT (bit 2 of WR_DIS)";
    }
    let evidence = Evidence::new(what, trapped.clone());
    Outcome::Found(vec![match subject.download_is_harmless() {
        true => evidence.proven_by(Proof::None("no run: download mode is closed")),
        false => evidence,
    }])
}

fn rd_dis(subject: &Subject) -> Outcome {
    if !subject.secure_boot_v2() {
        return Outcome::NotApplicable;
    }
    let name = subject.efuses.table().rd_dis.name;
    Outcome::of((!subject.is_locked(name)).then(|| {
        Evidence::new(format!("{name} is not write-protected"), [name])
            .fixed_by([Fix::WriteProtect(name)])
    }))
}

fn cache(subject: &Subject) -> Outcome {
    let names = ["DIS_CACHE", "DIS_ICACHE"];
    let Some(name) = names.into_iter().find(|name| subject.field(name).is_some()) else {
        return Outcome::NotApplicable;
    };
    if !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    Outcome::of((!subject.is_locked(name)).then(|| {
        Evidence::new(format!("{name} is not write-protected"), [name])
            .fixed_by([Fix::WriteProtect(name)])
    }))
}
