//! Known faults of Espressif's QEMU that bear on a verdict: named in the report, never hidden.

use cloneproof::boot::{Gap, GapKind, Place, Stop};
use cloneproof::chip::Chip;
use cloneproof::efuse::tables::esp32;
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
const ESP32_FAULTS: [Fault; 5] = [
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
    Fault {
        what: "flash that was encrypted beforehand is reported not to boot with secure boot on (espressif/qemu issues 82 \
               and 151)",
        versions: ANY,
        applies: |efuses| {
            let secure = [&esp32::ABS_DONE_0, &esp32::ABS_DONE_1];
            efuses.flash_encryption_enabled() && secure.iter().any(|field| efuses.get(field) != 0)
        },
    },
];

/// Source: trees 7.2, 8.1.3 and 9.2.2, `hw/misc/esp32c3_xts_aes.c`, `hw/misc/esp32s3_xts_aes.c`, `hw/nvram/esp_efuse.c`.
const XTS_FAULTS: [Fault; 1] = [Fault {
    what: "the cipher takes the key after read protection has zeroed it, and not byte-reversed: a copy can boot that must \
           not, and a donor be refused that must boot (lcgamboa/picsimlab issue 138)",
    versions: |version| (version.major, version.minor) == (8, 1),
    applies: |efuses| efuses.chip() == Chip::Esp32C3 && efuses.flash_encryption_enabled(),
}];

/// What is known of a run that has ended.
pub struct Seen<'a> {
    /// The eFuses at power-on.
    pub efuses: &'a EfuseBank,
    /// Why it ended.
    pub stop: &'a Stop,
    /// Its console.
    pub console: &'a [u8],
    /// It burned eFuses.
    pub burned: bool,
}

/// A fault that only the run can show to matter.
struct Met {
    what: &'static str,
    versions: fn(Version) -> bool,
    applies: fn(&Seen) -> bool,
}

/// What some builds of 9.2 do, as observed: nothing on the console, and the process is gone.
const FAILS_AT_START: &str = "the machine esp32 fails an assertion at start";
/// What the bootloader's component for the first boot's encryption logs, of any chip (ESP-IDF
/// `components/bootloader_support/src/flash_encryption/flash_encrypt.c`).
const ENCRYPTS_ITSELF: &[u8] = b"flash_encrypt: ";
/// What the ROM of the later chips says of a damaged bootloader, and the bootloader of a damaged app.
const CHECKSUM: [&[u8]; 2] = [b"Checksum failure", b"Checksum failed"];

const MET: [Met; 5] = [
    Met {
        what: FAILS_AT_START,
        versions: |version| (version.major, version.minor) == (9, 2),
        applies: |seen| {
            let ended = matches!(seen.stop, Stop::Exited { .. }) && seen.console.is_empty();
            seen.efuses.chip() == Chip::Esp32 && ended
        },
    },
    Met {
        what: "burns of eFuses are all accepted: no coding scheme, no check of key blocks, and write protection of some \
               blocks only (espressif/qemu issue 143)",
        versions: ANY,
        applies: |seen| seen.burned,
    },
    Met {
        what: "burning a key from an app can hang the machine (espressif/qemu issue 85)",
        versions: ANY,
        applies: |seen| {
            let hangs = matches!(seen.stop, Stop::TimeLimit);
            seen.efuses.chip() == Chip::Esp32 && seen.burned && hangs
        },
    },
    Met {
        what: "encryption on first boot erases sectors that it must not",
        versions: |version| (version.major, version.minor) == (8, 1),
        applies: |seen| seen.efuses.chip() == Chip::Esp32 && seen.encrypts_itself(),
    },
    Met {
        what: "an app's checksum is wrong after encryption on first boot (espressif/qemu issue 159)",
        versions: |version| (version.major, version.minor) == (9, 2),
        applies: |seen| {
            let failed = CHECKSUM.iter().any(|text| seen.says(text));
            seen.efuses.chip() == Chip::Esp32S3 && seen.encrypts_itself() && failed
        },
    },
];

impl Seen<'_> {
    fn says(&self, text: &[u8]) -> bool {
        self.console
            .windows(text.len())
            .any(|window| window == text)
    }

    fn encrypts_itself(&self) -> bool {
        self.burned && self.says(ENCRYPTS_ITSELF)
    }
}

/// The known faults that a run has met.
pub fn met(version: Version, seen: &Seen) -> Vec<Gap> {
    let applies = |met: &&Met| (met.versions)(version) && (met.applies)(seen);
    MET.iter()
        .filter(applies)
        .map(|met| gap(met.what))
        .collect()
}

/// The known faults that can change what this chip does, as gaps of the emulator.
pub fn known(version: Version, power_on: &PowerOn) -> Vec<Gap> {
    let faults: &[Fault] = match power_on.efuses.chip() {
        Chip::Esp32 => &ESP32_FAULTS,
        _ => &XTS_FAULTS,
    };
    // What the built-in chips do not do, QEMU does not do either.
    let fuses = power_on.efuses.unmodelled();
    let fuses = fuses.map(|(fuse, _, value)| gap(&fuse.describe(value)));
    faults
        .iter()
        .filter(|fault| (fault.versions)(version) && (fault.applies)(&power_on.efuses))
        .map(|fault| gap(fault.what))
        .chain(fuses)
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
            flash_id: None,
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

    /// What a run meets that ended so.
    fn met_by(version: Version, chip: Chip, stop: &Stop, console: &[u8], burned: bool) -> String {
        let seen = Seen {
            efuses: &EfuseBank::blank(chip),
            stop,
            console,
            burned,
        };
        let gaps = met(version, &seen);
        let whats: Vec<String> = gaps.iter().map(ToString::to_string).collect();
        whats.join("; ")
    }

    #[test]
    fn the_fault_at_start_is_told_only_where_the_process_ended_silently() {
        let efuses = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), MAC);
        assert_eq!(whats(version(9, 2), efuses), Vec::<String>::new());
        let exited = Stop::Exited {
            status: "signal: 6".to_owned(),
        };
        let told = met_by(version(9, 2), Chip::Esp32, &exited, b"", false);
        assert!(told.contains("assertion"), "{told}");
        for (version, chip, stop, console) in [
            (version(9, 2), Chip::Esp32, &Stop::TimeLimit, &b""[..]),
            (version(9, 2), Chip::Esp32, &exited, b"ets Jul 29 2019"),
            (version(9, 0), Chip::Esp32, &exited, b""),
            (version(9, 2), Chip::Esp32S3, &exited, b""),
        ] {
            assert_eq!(met_by(version, chip, stop, console, false), "");
        }
    }

    #[test]
    fn what_burning_shows_is_told_where_it_burned() {
        let console =
            b"I (320) flash_encrypt: Generating new key\nChecksum failed. Calculated 0x1 read 0x2";
        let told = |version, chip, burned| met_by(version, chip, &Stop::TimeLimit, console, burned);
        let s3 = told(version(9, 2), Chip::Esp32S3, true);
        assert!(s3.contains("issue 143") && s3.contains("issue 159"), "{s3}");
        let esp32 = told(version(8, 1), Chip::Esp32, true);
        assert!(
            esp32.contains("issue 85") && esp32.contains("erases"),
            "{esp32}"
        );
        assert_eq!(told(version(9, 2), Chip::Esp32S3, false), "");
    }
}
