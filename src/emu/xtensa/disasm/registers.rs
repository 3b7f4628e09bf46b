//! Names of the special and user registers that the ESP32's LX6 and the ESP32-S3's LX7 have.
//!
//! Numbers from the Xtensa ISA reference manual, table "Special registers", and ESP-IDF,
//! `components/xtensa/include/xtensa/config/specreg.h` of the ESP32.

use std::fmt;

use crate::emu::xtensa::op::{Insn, Op};
use crate::emu::xtensa::syntax::syntax;

/// Interrupt register: its number is `interrupt` when read, `intset` when written.
const INTERRUPT: u32 = 226;

fn special_name(number: u32) -> Option<&'static str> {
    SPECIAL
        .binary_search_by_key(&number, |&(number, _)| number)
        .ok()
        .and_then(|index| SPECIAL.get(index))
        .map(|&(_, name)| name)
}

/// Special registers by number, ascending.
const SPECIAL: &[(u32, &str)] = &[
    (0, "lbeg"),
    (1, "lend"),
    (2, "lcount"),
    (3, "sar"),
    (4, "br"),
    (5, "litbase"),
    (12, "scompare1"),
    (16, "acclo"),
    (17, "acchi"),
    (32, "m0"),
    (33, "m1"),
    (34, "m2"),
    (35, "m3"),
    (72, "windowbase"),
    (73, "windowstart"),
    (89, "mmid"),
    (95, "eraccess"),
    (96, "ibreakenable"),
    (97, "memctl"),
    (99, "atomctl"),
    (104, "ddr"),
    (128, "ibreaka0"),
    (129, "ibreaka1"),
    (144, "dbreaka0"),
    (145, "dbreaka1"),
    (160, "dbreakc0"),
    (161, "dbreakc1"),
    (176, "configid0"),
    (177, "epc1"),
    (178, "epc2"),
    (179, "epc3"),
    (180, "epc4"),
    (181, "epc5"),
    (182, "epc6"),
    (183, "epc7"),
    (192, "depc"),
    (194, "eps2"),
    (195, "eps3"),
    (196, "eps4"),
    (197, "eps5"),
    (198, "eps6"),
    (199, "eps7"),
    (208, "configid1"),
    (209, "excsave1"),
    (210, "excsave2"),
    (211, "excsave3"),
    (212, "excsave4"),
    (213, "excsave5"),
    (214, "excsave6"),
    (215, "excsave7"),
    (224, "cpenable"),
    (INTERRUPT, "interrupt"),
    (227, "intclear"),
    (228, "intenable"),
    (230, "ps"),
    (231, "vecbase"),
    (232, "exccause"),
    (233, "debugcause"),
    (234, "ccount"),
    (235, "prid"),
    (236, "icount"),
    (237, "icountlevel"),
    (238, "excvaddr"),
    (240, "ccompare0"),
    (241, "ccompare1"),
    (242, "ccompare2"),
    (244, "misc0"),
    (245, "misc1"),
    (246, "misc2"),
    (247, "misc3"),
];

/// User registers from 0 on that the ESP32-S3's LX7 adds (`components/xtensa/esp32s3/include/xtensa/config/tie.h`).
const PIE: [&str; 19] = [
    "accx_0",
    "accx_1",
    "qacc_h_0",
    "qacc_h_1",
    "qacc_h_2",
    "qacc_h_3",
    "qacc_h_4",
    "qacc_l_0",
    "qacc_l_1",
    "qacc_l_2",
    "qacc_l_3",
    "qacc_l_4",
    "gpio_out",
    "sar_byte",
    "fft_bit_width",
    "ua_state_0",
    "ua_state_1",
    "ua_state_2",
    "ua_state_3",
];

fn user_name(number: u32) -> Option<&'static str> {
    match number {
        number if (number as usize) < PIE.len() => PIE.get(number as usize).copied(),
        230 => Some("expstate"),
        231 => Some("threadptr"),
        232 => Some("fcr"),
        233 => Some("fsr"),
        234 => Some("f64r_lo"),
        235 => Some("f64r_hi"),
        236 => Some("f64s"),
        _ => None,
    }
}

/// Writes `rsr.sar a2`, or `rsr a2, 200` for a number without a name.
pub(super) fn write_special(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    let name = match insn.imm {
        INTERRUPT if insn.op != Op::Rsr => Some("intset"),
        number => special_name(number),
    };
    write_access(f, insn, name)
}

/// Writes `rur.fcr a2`, or `rur a2, 0` for a number without a name.
pub(super) fn write_user(f: &mut fmt::Formatter<'_>, insn: Insn) -> fmt::Result {
    write_access(f, insn, user_name(insn.imm))
}

fn write_access(f: &mut fmt::Formatter<'_>, insn: Insn, name: Option<&str>) -> fmt::Result {
    let (mnemonic, operands) = syntax(insn.op);
    f.write_str(mnemonic)?;
    if let Some(name) = name {
        write!(f, ".{name}")?;
    }
    super::write_operands(f, insn, 0, operands)?;
    match name {
        Some(_) => Ok(()),
        None => write!(f, ", {}", insn.imm),
    }
}
