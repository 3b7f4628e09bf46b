//! The order of the source: which folder may import which, and that no files import each other in a circle.
//!
//! Read as text, so that no import hides behind a feature or a platform. Test code may import what it likes.

mod documents;
mod imports;

use std::collections::BTreeMap;
use std::path::Path;

use imports::{Crate, Module};

/// What each folder of the harness may import besides itself.
const HARNESS: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("input", &["base"]),
    ("backend", &["base"]),
    ("proof", &["base", "input", "backend"]),
    ("report", &["base", "input", "backend", "proof"]),
    ("audit", &["base", "input", "backend", "proof", "report"]),
    ("gdb", &["base"]),
    (
        "commands",
        &[
            "base", "input", "backend", "proof", "report", "audit", "gdb",
        ],
    ),
];

/// The library from the bottom to the top: each place imports only from its own line and the lines above it. A chip of
/// `soc` puts its own machine together, so those two share a line.
const LIBRARY: &[&[&str]] = &[
    &["chip", "hex"],
    &["efuse", "flash"],
    &["flash_cipher", "boot"],
    &["secure_boot"],
    &["virtual_chip", "audit"],
    &[
        "emu::memory",
        "emu::bus",
        "emu::cpu",
        "emu::recorder",
        "emu::rom",
    ],
    &["emu::periph", "emu::xtensa", "emu::riscv"],
    &["emu::soc", "emu::machine"],
    &["emu::builtin"],
];

/// Folders of the library whose files import each other in no circle.
const LIBRARY_WITHOUT_CIRCLES: &[&str] = &["boot", "efuse"];

fn harness() -> Crate {
    Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn library() -> Crate {
    Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../src"))
}

#[test]
fn folders_of_the_harness_import_one_way() {
    let rules: BTreeMap<&str, &[&str]> = HARNESS.iter().copied().collect();
    let harness = harness();
    let mut wrong = Vec::new();
    for (from, to) in harness.imports() {
        let (Some(own), Some(other)) = (from.folder(), to.folder()) else {
            continue;
        };
        let allowed = rules
            .get(own)
            .unwrap_or_else(|| panic!("the folder {own} has no place in the order"));
        if own != other && !allowed.contains(&other) {
            wrong.push(format!("{from} imports {to}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for folder in rules.keys() {
        assert!(harness.has(folder), "there is no folder {folder} any more");
    }
}

#[test]
fn places_of_the_library_import_one_way() {
    let library = library();
    let rank = |module: &Module| {
        LIBRARY
            .iter()
            .position(|line| line.iter().any(|place| module.is_in(place)))
    };
    let mut wrong = Vec::new();
    for (from, to) in library.imports() {
        if let (Some(own), Some(other)) = (rank(from), rank(to))
            && other > own
        {
            wrong.push(format!("{from} imports {to}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for place in LIBRARY.iter().copied().flatten() {
        assert!(library.has(place), "there is no {place} any more");
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let circles = harness().circles(|_| true);
    assert!(circles.is_empty(), "{}", circles.join("\n"));
    for folder in LIBRARY_WITHOUT_CIRCLES {
        let circles = library().circles(|module| module.is_in(folder));
        assert!(circles.is_empty(), "{}", circles.join("\n"));
    }
}
