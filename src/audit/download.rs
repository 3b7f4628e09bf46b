//! Lints about the ROM's download mode.

use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::{Subject, zero};

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "download-mode-decrypts",
        severity: Severity::High,
        title: "download mode can decrypt the flash",
        why: "Code that is loaded through the UART reads the flash through the cache, and the hardware decrypts it: the \
              plain text leaves the chip without anybody knowing the key.",
        mend: "Burn the fields that switch decryption and caches off in download mode.",
        proof: Proof::DownloadMode,
        needs_flash: false,
        check: decrypts,
    },
    Lint {
        id: "download-mode-encrypts",
        severity: Severity::High,
        title: "download mode can encrypt with the chip's key",
        why: "Whoever reaches the UART lets the chip encrypt a firmware of their own and writes it into the flash: it runs \
              as if it were the manufacturer's, and reads whatever the key protects.",
        mend: "Burn the field that switches encryption off in download mode.",
        proof: Proof::DownloadMode,
        needs_flash: false,
        check: encrypts,
    },
    Lint {
        id: "download-mode-open",
        severity: Severity::Medium,
        title: "the ROM's download mode is open",
        why: "It reads and writes flash and registers and runs code from RAM, for whoever holds two wires to the chip.",
        mend: "Close it, or on the chips that have it switch to the secure download mode \
               (CONFIG_SECURE_DISABLE_ROM_DL_MODE, CONFIG_SECURE_ENABLE_SECURE_ROM_DL_MODE).",
        proof: Proof::DownloadMode,
        needs_flash: false,
        check: open,
    },
    Lint {
        id: "download-mode-more-ways",
        severity: Severity::Note,
        title: "download mode can be reached over USB, or by software",
        why: "What the UART's download mode can do, USB can do as well; software can ask for it with a register. With the \
              secure download mode that is harmless.",
        mend: "Burn the fields where the product does not need that way.",
        proof: Proof::None("no run: the virtual chip's USB is not connected"),
        needs_flash: false,
        check: more_ways,
    },
];

const DECRYPT: &[&str] = &[
    "DISABLE_DL_DECRYPT",
    "DISABLE_DL_CACHE",
    "DIS_DOWNLOAD_ICACHE",
    "DIS_DOWNLOAD_DCACHE",
    "SPI_DOWNLOAD_MSPI_DIS",
];
const ENCRYPT: &[&str] = &["DISABLE_DL_ENCRYPT", "DIS_DOWNLOAD_MANUAL_ENCRYPT"];
const CLOSE: &[&str] = &["UART_DOWNLOAD_DIS", "DIS_DOWNLOAD_MODE"];
const SECURE: &str = "ENABLE_SECURITY_DOWNLOAD";
const MORE: &[&str] = &[
    "DIS_USB_OTG_DOWNLOAD_MODE",
    "DIS_USB_DOWNLOAD_MODE",
    "DIS_USB_SERIAL_JTAG_DOWNLOAD_MODE",
    "DIS_FORCE_DOWNLOAD",
];

fn decrypts(subject: &Subject) -> Outcome {
    switches(subject, DECRYPT)
}

fn encrypts(subject: &Subject) -> Outcome {
    switches(subject, ENCRYPT)
}

/// Switches of download mode that should be burned where flash encryption is on.
fn switches(subject: &Subject, names: &[&'static str]) -> Outcome {
    if !subject.encrypts() || !subject.has_any(names) {
        return Outcome::NotApplicable;
    }
    let open = subject.open(names);
    if open.is_empty() {
        return Outcome::Clean;
    }
    let evidence = Evidence::new(zero(&open), open.clone())
        .fixed_by(open.iter().map(|name| Fix::Burn(name, 1)));
    Outcome::Found(vec![match subject.download_is_harmless() {
        // ESP-IDF's release check wants them all the same.
        true => evidence.only(Severity::Note).proven_by(Proof::None(
            "no run: download mode is closed, or the secure one",
        )),
        false => evidence,
    }])
}

fn open(subject: &Subject) -> Outcome {
    let Some(name) = CLOSE.iter().find(|name| subject.field(name).is_some()) else {
        // An ESP32 before revision 3.
        return Outcome::Found(vec![
            Evidence::new("this revision of the chip cannot close it", []).only(Severity::Note),
        ]);
    };
    if subject.download_is_harmless() {
        return Outcome::Clean;
    }
    let secure = subject.field(SECURE).is_some();
    let mut fields = vec![*name];
    fields.extend(secure.then_some(SECURE));
    let fix = if secure { SECURE } else { name };
    Outcome::Found(vec![
        Evidence::new(zero(&fields), fields).fixed_by([Fix::Burn(fix, 1)]),
    ])
}

fn more_ways(subject: &Subject) -> Outcome {
    if !subject.has_any(MORE) {
        return Outcome::NotApplicable;
    }
    if subject.is_set("DIS_DOWNLOAD_MODE") {
        return Outcome::Clean;
    }
    let open = subject.open(MORE);
    Outcome::of((!open.is_empty()).then(|| {
        Evidence::new(zero(&open), open.clone())
            .fixed_by(open.iter().map(|name| Fix::Burn(name, 1)))
    }))
}
