//! Loads and stores, aligned and not, and the atomic compare and store.

use super::{Case, Group};
use crate::xtensa::asm::*;
use crate::xtensa::program::{D, EXTRA, POINTER, X, Y};

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    loads(&mut cases);
    stores(&mut cases);
    cases.push(narrow_case("l32i.n", 8));
    cases.push(narrow_case("s32i.n", 9));
    // From 16 bytes behind the third word.
    let behind = addi(EXTRA, POINTER, 24);
    let settle = movi(EXTRA, 0);
    let l32e = window_access(false, D, EXTRA, -16);
    cases.push(Case::of("l32e", [behind, l32e, settle]));
    let s32e = window_access(true, X, EXTRA, -12);
    cases.push(Case::of("s32e", [behind, s32e, settle]));
    // Stores where the word equals SCOMPARE1, and always loads it. ATOMCTL allows it for uncached memory too.
    let allow = [movi(EXTRA, 0x15), wsr(sr::ATOMCTL, EXTRA), movi(EXTRA, 0)];
    let s32c1i = allow.into_iter().chain([rri8(2, 14, POINTER, D, 0)]);
    cases.push(Case::of("s32c1i", s32c1i).with(Group::Atomic));
    let equal = [
        movi(EXTRA, 0x15),
        wsr(sr::ATOMCTL, EXTRA),
        l32i(EXTRA, POINTER, 4),
        wsr(sr::SCOMPARE1, EXTRA),
        mov(D, X),
        rri8(2, 14, POINTER, D, 1),
    ];
    cases.push(Case::of("s32c1i of an equal word", equal).with(Group::Atomic));
    unaligned(&mut cases);
    cases
}

/// Field r of LSAI, scale of the immediate.
const LOADS: [(&str, u32, u32); 5] = [
    ("l8ui", 0, 1),
    ("l16ui", 1, 2),
    ("l16si", 9, 2),
    ("l32i", 2, 4),
    ("l32ai", 11, 4),
];

const STORES: [(&str, u32, u32); 4] = [
    ("s8i", 4, 1),
    ("s16i", 5, 2),
    ("s32i", 6, 4),
    ("s32ri", 15, 4),
];

fn loads(cases: &mut Vec<Case>) {
    for (name, r, scale) in LOADS {
        for offset in [0, 4 + scale, 12] {
            let load = rri8(2, r, POINTER, D, offset / scale);
            cases.push(Case::of(
                format!("{name} {}", offset / scale * scale),
                [load],
            ));
        }
    }
}

fn stores(cases: &mut Vec<Case>) {
    for (name, r, scale) in STORES {
        for offset in [0, 4 + scale, 12] {
            let store = rri8(2, r, POINTER, X, offset / scale);
            // The value comes back by a load of its own.
            let back = l32i(D, POINTER, offset & 12);
            cases.push(Case::of(
                format!("{name} {}", offset / scale * scale),
                [store, back],
            ));
        }
    }
}

fn narrow_case(name: &str, op0: u32) -> Case {
    Case::of(
        format!("{name} 8"),
        [rrrn(op0, 2, POINTER, if op0 == 8 { D } else { Y })],
    )
}

/// The LX6 splits them in hardware.
fn unaligned(cases: &mut Vec<Case>) {
    for step in 1..4 {
        let moved = addi(EXTRA, POINTER, step);
        let settle = movi(EXTRA, 0);
        for (name, r, _) in LOADS.into_iter().skip(1).take(3) {
            let load = rri8(2, r, EXTRA, D, 1);
            cases.push(
                Case::of(format!("{name} off by {step}"), [moved, load, settle]).on_lx6_only(),
            );
        }
        for (name, r, _) in STORES.into_iter().skip(1).take(2) {
            let store = rri8(2, r, EXTRA, X, 1);
            cases.push(
                Case::of(format!("{name} off by {step}"), [moved, store, settle]).on_lx6_only(),
            );
        }
    }
}
