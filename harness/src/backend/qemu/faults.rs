//! Known faults of Espressif's QEMU that bear on a verdict: named in the report, never hidden.

use cloneproof::boot::{Gap, GapKind, Place, Stop};
use cloneproof::chip::Chip;
use cloneproof::efuse::{CodingScheme, EfuseBank};
use cloneproof::virtual_chip::PowerOn;

use super::locate::Version;

/// FLASH_CRYPT_CONFIG with every part of the key tweaked by the address: the only one that QEMU has.
const FULL_TWEAK: u8 = 0xf;
/// The silicon revision whose mask ROM QEMU carries.
const ROM_MAJOR: u8 = 3;

/// A fault, and when it matters.
struct Fault {
    /// What QEMU does instead of what the chip does; with its source.
    what: &'static str,
    /// Versions that have it.
    versions: fn(Version) -> bool,
    /// Chips on which it can change what is seen.
    applies: fn(&EfuseBank) -> bool,
}

const ANY: fn(Version) -> bool = |_| true;

/// The table. Source of each: the fork's `hw/xtensa/esp32.c`, `hw/misc/esp32_flash_enc.c`, `hw/nvram/esp32_efuse.c`
/// (trees 7.2 and 8.1.3), or as observed.
const ESP32_FAULTS: [Fault; 4] = [
    Fault {
        what: "every ESP32 runs the mask ROM of revision 3 and tells revision 3 in APB_CTRL_DATE",
        versions: ANY,
        applies: |efuses| efuses.revision().major != ROM_MAJOR,
    },
    Fault {
        what: "FLASH_CRYPT_CONFIG is ignored: the whole key is tweaked, as with 0xf",
        versions: ANY,
        applies: |efuses| {
            efuses.flash_encryption_enabled() && efuses.flash_crypt_config() != FULL_TWEAK
        },
    },
    Fault {
        what: "the coding scheme is ignored: the stored bits of BLK1 are taken for the key",
        versions: ANY,
        applies: |efuses| {
            efuses.flash_encryption_enabled() && efuses.coding_scheme() != CodingScheme::None
        },
    },
    Fault {
        what: "decryption is so slow that an encrypted chip needs half a minute to its app, and one with a wrong key is silent for minutes",
        versions: |version| version.major < 9,
        applies: EfuseBank::flash_encryption_enabled,
    },
];

/// What some builds of 9.2 do, as observed: nothing on the console, and the process is gone.
const FAILS_AT_START: &str = "the machine esp32 fails an assertion at start";

/// The fault of a version that ends at once; only for a process that ended and printed nothing, as others run.
pub fn at_start(version: Version, stop: &Stop, console: &[u8]) -> Option<Gap> {
    let ended = matches!(stop, Stop::Exited { .. }) && console.is_empty();
    (ended && (version.major, version.minor) == (9, 2)).then(|| gap(FAILS_AT_START))
}

/// The known faults that can change what this chip does, as gaps of the emulator.
pub fn known(version: Version, power_on: &PowerOn) -> Vec<Gap> {
    let faults: &[Fault] = match power_on.efuses.chip() {
        Chip::Esp32 => &ESP32_FAULTS,
        _ => &[],
    };
    faults
        .iter()
        .filter(|fault| (fault.versions)(version) && (fault.applies)(&power_on.efuses))
        .map(|fault| gap(fault.what))
        .collect()
}

fn gap(what: &str) -> Gap {
    Gap {
        kind: GapKind::Behaviour {
            what: what.to_owned(),
        },
        // QEMU does not tell which code was running.
        place: Place {
            core: 0,
            pc: 0,
            symbol: None,
        },
        device: "qemu".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloneproof::chip::ChipRevision;
    use cloneproof::flash::FlashImage;

    const MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];

    fn whats(version: Version, efuses: EfuseBank) -> Vec<String> {
        let power_on = PowerOn {
            flash: FlashImage::erased(4 << 20),
            efuses,
            strap: Default::default(),
            seed: 0,
        };
        let gaps = known(version, &power_on);
        gaps.into_iter().map(|gap| gap.to_string()).collect()
    }

    fn version(major: u32, minor: u32) -> Version {
        Version {
            major,
            minor,
            micro: 0,
        }
    }

    #[test]
    fn an_unprotected_chip_of_revision_3_meets_none() {
        let efuses = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), MAC);
        assert_eq!(whats(version(7, 2), efuses), Vec::<String>::new());
    }

    #[test]
    fn revision_1_gets_the_wrong_rom() {
        let efuses = EfuseBank::factory(Chip::Esp32, ChipRevision::new(1, 0), MAC);
        let whats = whats(version(7, 2), efuses);
        assert_eq!(whats.len(), 1);
        assert!(whats[0].contains("mask ROM of revision 3"), "{whats:?}");
    }

    #[test]
    fn the_fault_at_start_is_told_only_where_the_process_ended_silently() {
        let efuses = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), MAC);
        assert_eq!(whats(version(9, 2), efuses), Vec::<String>::new());
        let exited = Stop::Exited {
            status: "signal: 6".to_owned(),
        };
        let told = at_start(version(9, 2), &exited, b"").map(|gap| gap.to_string());
        assert!(told.is_some_and(|what| what.contains("assertion")));
        for (version, stop, console) in [
            (version(9, 2), &Stop::TimeLimit, &b""[..]),
            (version(9, 2), &exited, b"ets Jul 29 2019"),
            (version(9, 0), &exited, b""),
        ] {
            assert_eq!(at_start(version, stop, console), None);
        }
    }
}
