//! Lints about the flash cipher's settings: the ESP32's key tweak and coding scheme, pseudo rounds, key length.

use super::lint::{Evidence, Fix, Lint, Outcome, Proof, Severity};
use super::subject::Subject;
use crate::efuse::CodingScheme;

pub(super) static LINTS: &[Lint] = &[
    Lint {
        id: "crypt-config-weak",
        severity: Severity::High,
        title: "FLASH_CRYPT_CONFIG leaves parts of the key untweaked",
        why: "The ESP32's cipher mixes the flash address into those parts of the key only that FLASH_CRYPT_CONFIG names. \
              With none of them, equal text gives equal ciphertext, and blocks can be moved to other places; with some, \
              the rest of the key is the same for the whole flash.",
        mend: "Burn 0xF before encryption is switched on, as ESP-IDF does. Afterwards the flash would have to be encrypted \
               anew.",
        proof: Proof::Cipher,
        needs_flash: false,
        check: crypt_config,
    },
    Lint {
        id: "crypt-config-writable",
        severity: Severity::Note,
        title: "FLASH_CRYPT_CONFIG and CODING_SCHEME can still be burned",
        why: "More bits of either change the key that the cipher gets: the device no longer boots. They open nothing.",
        mend: "Write-protect FLASH_CRYPT_CONFIG; CODING_SCHEME shares the protection.",
        proof: Proof::None("no run: it is a denial of service"),
        needs_flash: false,
        check: crypt_config_writable,
    },
    Lint {
        id: "coding-scheme-shortens-key",
        severity: Severity::Note,
        title: "the coding scheme leaves less than 256 bits of key",
        why: "With 3/4 coding the key has 192 bits of its own, eight bytes of which stand twice; that is enough against \
              guessing, but it is not the cipher that the documentation promises.",
        mend: "It is burned in the factory: order chips with coding scheme none.",
        proof: Proof::None("no run: a key of 192 bits cannot be guessed"),
        needs_flash: false,
        check: coding_scheme,
    },
    Lint {
        id: "efuse-coding-error",
        severity: Severity::Medium,
        title: "eFuse blocks do not fit their check bits",
        why: "The hardware corrects some errors and takes others as they are: the key that it uses may be another one than \
              the one that was burned.",
        mend: "Sort the chip out, or burn coded blocks once and as a whole.",
        proof: Proof::None("no run: what the cipher makes of it is not known for certain"),
        needs_flash: false,
        check: coding_errors,
    },
    Lint {
        id: "pseudo-rounds-off",
        severity: Severity::Medium,
        title: "the XTS-AES unit runs without pseudo rounds",
        why: "Power traces of the cipher's rounds give away the key; pseudo rounds among them make that harder. ESP-IDF's \
              release check wants them.",
        mend: "Burn XTS_DPA_PSEUDO_LEVEL to 1 or more.",
        proof: Proof::None("no run: a virtual chip draws no power"),
        needs_flash: false,
        check: pseudo_rounds,
    },
    Lint {
        id: "xts-key-length-writable",
        severity: Severity::Medium,
        title: "XTS_KEY_LENGTH_256 can still be burned",
        why: "With a key that is derived from 128 bits, the bit switches to a cipher with another key: the device no longer \
              boots. ESP-IDF's release mode protects it.",
        mend: "Write-protect the counter, with which it shares its protection.",
        proof: Proof::None("no run: it is a denial of service"),
        needs_flash: false,
        check: key_length,
    },
];

/// All four ranges of the key are tweaked (ESP-IDF `flash_encrypt.c`, `EFUSE_FLASH_CRYPT_CONFIG`).
const FULL: u64 = 0xF;

fn crypt_config(subject: &Subject) -> Outcome {
    let Some(value) = subject.value("FLASH_CRYPT_CONFIG") else {
        return Outcome::NotApplicable;
    };
    if !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    Outcome::of((value != FULL).then(|| {
        let evidence = Evidence::new(
            format!("FLASH_CRYPT_CONFIG = {value:#x}, not 0xf"),
            ["FLASH_CRYPT_CONFIG"],
        );
        match value {
            0 => evidence,
            _ => evidence.only(Severity::Medium).proven_by(Proof::None(
                "no run: each range of the key takes all bits of the address, so nothing repeats",
            )),
        }
    }))
}

fn crypt_config_writable(subject: &Subject) -> Outcome {
    if !subject.has_any(&["FLASH_CRYPT_CONFIG"]) || !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    Outcome::of((!subject.is_locked("FLASH_CRYPT_CONFIG")).then(|| {
        Evidence::new(
            "not write-protected",
            ["FLASH_CRYPT_CONFIG", "CODING_SCHEME"],
        )
        .fixed_by([Fix::WriteProtect("FLASH_CRYPT_CONFIG")])
    }))
}

fn coding_scheme(subject: &Subject) -> Outcome {
    if !subject.has_any(&["CODING_SCHEME"]) {
        return Outcome::NotApplicable;
    }
    let fields = ["CODING_SCHEME"];
    match subject.efuses.coding_scheme() {
        CodingScheme::ThreeQuarter => Outcome::Found(vec![Evidence::new(
            "CODING_SCHEME is 3/4: a key of 192 bits",
            fields,
        )]),
        CodingScheme::Repeat => Outcome::Found(vec![
            Evidence::new(
                "CODING_SCHEME is repeat: a key of 128 bits, which Espressif's tools refuse",
                fields,
            )
            .only(Severity::Medium),
        ]),
        _ => Outcome::Clean,
    }
}

fn coding_errors(subject: &Subject) -> Outcome {
    let errors = subject.efuses.coding_errors();
    let mut blocks: Vec<String> = errors.iter().map(|(block, _)| block.to_string()).collect();
    blocks.dedup();
    Outcome::of((!blocks.is_empty()).then(|| {
        let what = format!("wrong check bits in block {}", blocks.join(", "));
        Evidence::new(what, [])
    }))
}

fn pseudo_rounds(subject: &Subject) -> Outcome {
    const NAME: &str = "XTS_DPA_PSEUDO_LEVEL";
    if !subject.has_any(&[NAME]) || !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        subject
            .is_open(NAME)
            .then(|| Evidence::new(format!("{NAME} = 0"), [NAME]).fixed_by([Fix::Burn(NAME, 1)])),
    )
}

fn key_length(subject: &Subject) -> Outcome {
    const NAME: &str = "XTS_KEY_LENGTH_256";
    if !subject.has_any(&[NAME]) || !subject.encrypts() {
        return Outcome::NotApplicable;
    }
    Outcome::of(
        (subject.is_open(NAME) && !subject.is_locked(NAME)).then(|| {
            Evidence::new(format!("{NAME} = 0, not write-protected"), [NAME])
                .fixed_by([Fix::WriteProtect(NAME)])
        }),
    )
}
