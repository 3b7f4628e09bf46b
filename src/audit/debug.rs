//! Lints about debuggers, consoles and what ROM tells.

use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::{Subject, zero};
use crate::efuse::KeyPurpose;

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "jtag-open",
        severity: Severity::High,
        title: "JTAG is open",
        why: "A debugger halts the chip behind the boot and reads everything that the firmware reads: decrypted flash, \
              secrets in RAM.",
        mend: "Burn the fields that switch JTAG off. SOFT_DIS_JTAG counts only with all its bits set and an HMAC key that \
               can switch JTAG on again.",
        proof: Proof::None("no run: the virtual chip has no JTAG pins"),
        needs_flash: false,
        check: jtag,
    },
    Lint {
        id: "jtag-can-be-reopened",
        severity: Severity::Note,
        title: "JTAG can be switched on again with an HMAC key",
        why: "SOFT_DIS_JTAG alone closes JTAG: who knows the HMAC key, or gets code to run that uses it, opens it.",
        mend: "Burn the hard switches as well, unless the way back is wanted.",
        proof: Proof::None("no run: the virtual chip has no JTAG pins"),
        needs_flash: false,
        check: jtag_soft,
    },
    Lint {
        id: "rom-console-open",
        severity: Severity::Medium,
        title: "the ROM falls back to its BASIC console",
        why: "If the flash cannot be booted, an ESP32 offers an interpreter on the UART that reads and writes memory: one \
              spoilt flash sector is enough to get there.",
        mend: "Burn CONSOLE_DEBUG_DISABLE.",
        proof: Proof::None("no run: there is nothing to copy in a chip that does not boot"),
        needs_flash: false,
        check: console,
    },
    Lint {
        id: "rom-prints",
        severity: Severity::Note,
        title: "the ROM tells about its boot",
        why: "Reset cause, load addresses and refusals help whoever times a fault attack.",
        mend: "Burn UART_PRINT_CONTROL to 3 and DIS_USB_SERIAL_JTAG_ROM_PRINT where nobody reads them. Without these lines \
               a dead device is harder to understand.",
        proof: Proof::None("no run: every console in this report shows it"),
        needs_flash: false,
        check: prints,
    },
];

const HARD: &[&str] = &[
    "JTAG_DISABLE",
    "HARD_DIS_JTAG",
    "DIS_PAD_JTAG",
    "DIS_USB_JTAG",
];
const SOFT: &str = "SOFT_DIS_JTAG";

/// All bits of SOFT_DIS_JTAG, and a key to switch JTAG on again (ESP-IDF `flash_encrypt.c`, `soft_dis_jtag_complete`).
fn closed_by_software(subject: &Subject) -> bool {
    let Some(field) = subject.field(SOFT) else {
        return false;
    };
    let keys = [KeyPurpose::HmacDownJtag, KeyPurpose::HmacDownAll];
    let full = (1 << field.bits) - 1;
    subject.efuses.get(field) == full
        && keys
            .iter()
            .any(|purpose| subject.efuses.key_slot_of(*purpose).is_some())
}

fn jtag(subject: &Subject) -> Outcome {
    if !subject.has_any(HARD) {
        return Outcome::NotApplicable;
    }
    let open = subject.open(HARD);
    if open.is_empty() || closed_by_software(subject) {
        return Outcome::Clean;
    }
    let mut what = zero(&open);
    if subject.is_set(SOFT) {
        what += ", and SOFT_DIS_JTAG has not all bits set, or there is no HMAC key for it";
    }
    Outcome::Found(vec![
        Evidence::new(what, open.clone()).fixed_by(open.iter().map(|name| Fix::Burn(name, 1))),
    ])
}

fn jtag_soft(subject: &Subject) -> Outcome {
    if subject.field(SOFT).is_none() {
        return Outcome::NotApplicable;
    }
    let open = subject.open(HARD);
    Outcome::of((!open.is_empty() && closed_by_software(subject)).then(|| {
        Evidence::new(zero(&open), open.clone())
            .fixed_by(open.iter().map(|name| Fix::Burn(name, 1)))
    }))
}

fn console(subject: &Subject) -> Outcome {
    const NAME: &str = "CONSOLE_DEBUG_DISABLE";
    if !subject.has_any(&[NAME]) {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        subject
            .is_open(NAME)
            .then(|| Evidence::new(zero(&[NAME]), [NAME]).fixed_by([Fix::Burn(NAME, 1)])),
    )
}

/// UART_PRINT_CONTROL: never.
const SILENT: u64 = 3;

fn prints(subject: &Subject) -> Outcome {
    const UART: &str = "UART_PRINT_CONTROL";
    let Some(value) = subject.value(UART) else {
        return Outcome::NotApplicable;
    };
    Outcome::of((value != SILENT).then(|| {
        Evidence::new(format!("{UART} = {value}"), [UART]).fixed_by([Fix::Burn(UART, SILENT)])
    }))
}
