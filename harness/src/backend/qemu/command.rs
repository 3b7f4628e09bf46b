//! The command line that QEMU is started with.
//!
//! Source: ESP-IDF `tools/idf_py_actions/qemu_ext.py`; esp-toolchain-docs `qemu/esp32/README.md`.

use std::ffi::OsString;

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::virtual_chip::Strap;

/// Name of the flash's private copy in the chip's folder. Relative, as the process is started in that folder: QEMU
/// would take a comma in a path for the end of it.
pub const FLASH_FILE: &str = "flash.bin";
/// Name of the eFuses' private copy.
pub const EFUSE_FILE: &str = "efuse.bin";

/// How QEMU calls what differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub struct ChipNames {
    /// The chip.
    pub chip: Chip,
    /// The program that has the machine.
    pub program: &'static str,
    /// The tool of ESP-IDF's installer that brings the program.
    pub idf_tool: &'static str,
    /// The machine, and the middle of its devices' names.
    pub machine: &'static str,
    /// The device of the timer groups, by the names that it has had; of several, the program is asked.
    pub timers: &'static [&'static str],
    /// The mask ROM among QEMU's data files.
    pub rom_file: &'static str,
    /// A chip revision that has that mask ROM.
    pub rom_of: ChipRevision,
    /// Strap value for booting from flash.
    pub flash_boot: u8,
    /// Strap value for the UART download mode.
    pub uart_download: u8,
    /// Arguments that only this machine gets.
    pub extra: &'static [&'static str],
}

const ESP32: ChipNames = ChipNames {
    chip: Chip::Esp32,
    program: "qemu-system-xtensa",
    idf_tool: "qemu-xtensa",
    machine: "esp32",
    timers: &["timer.esp32.timg"],
    rom_file: "esp32-v3-rom.bin",
    rom_of: ChipRevision::new(3, 0),
    flash_boot: 0x12,
    uart_download: 0x0f,
    extra: &[],
};

const ESP32C3: ChipNames = ChipNames {
    chip: Chip::Esp32C3,
    program: "qemu-system-riscv32",
    idf_tool: "qemu-riscv32",
    machine: "esp32c3",
    timers: &["timer.esp32c3.timg"],
    rom_file: "esp32c3-rom.bin",
    rom_of: ChipRevision::new(0, 3),
    flash_boot: 0x08,
    uart_download: 0x02,
    // The chip's clock counts instructions; esp-toolchain-docs `qemu/esp32c3/README.md` starts it so.
    extra: &["-icount", "3"],
};

const ESP32S3: ChipNames = ChipNames {
    chip: Chip::Esp32S3,
    program: "qemu-system-xtensa",
    idf_tool: "qemu-xtensa",
    machine: "esp32s3",
    // Observed on 9.2.2: the first; esp-toolchain-docs `qemu/esp32s3/README.md` names the second.
    timers: &["timer.esp32s3.timg", "timer.esp32c3.timg"],
    rom_file: "esp32s3_rev0_rom.bin",
    rom_of: ChipRevision::new(0, 0),
    flash_boot: 0x04,
    uart_download: 0x00,
    extra: &[],
};

/// The chips that Espressif's QEMU plays: another fact than which ones the built-in emulator boots.
pub const PLAYED: [&ChipNames; 3] = [&ESP32, &ESP32C3, &ESP32S3];

/// The names of a chip, if any QEMU has it.
pub fn names(chip: Chip) -> Option<&'static ChipNames> {
    PLAYED.into_iter().find(|names| names.chip == chip)
}

/// The arguments for a chip whose files lie in the folder that QEMU is started in; `timer` is the device of its timer
/// groups, where it is known.
pub fn arguments(names: &ChipNames, timer: Option<&str>, strap: Strap) -> Vec<OsString> {
    let machine = names.machine;
    let strap = match strap {
        Strap::FlashBoot => names.flash_boot,
        Strap::UartDownload => names.uart_download,
    };
    let mut args: Vec<String> = vec!["-M".to_owned(), machine.to_owned()];
    args.extend(names.extra.iter().map(|&extra| extra.to_owned()));
    let mut pair = |option: &str, value: String| args.extend([option.to_owned(), value]);
    pair("-drive", format!("file={FLASH_FILE},if=mtd,format=raw"));
    let efuse = format!("file={EFUSE_FILE},if=none,format=raw,id=efuse");
    pair("-drive", efuse);
    let efuse = format!("driver=nvram.{machine}.efuse,property=drive,value=efuse");
    pair("-global", efuse);
    // Emulation is slower than silicon: the watchdogs of the timer groups would reset a chip that is just busy.
    if let Some(timer) = timer {
        let off = format!("driver={timer},property=wdt_disable,value=true");
        pair("-global", off);
    }
    let strap = format!("driver={machine}.gpio,property=strap_mode,value={strap:#04x}");
    pair("-global", strap);
    args.push("-nographic".to_owned());
    // Observed on 7.2: a serial port on plain `stdio` falls silent for good when standard input ends, and one that
    // shares it with the monitor does not.
    args.extend(["-serial".to_owned(), "mon:stdio".to_owned()]);
    args.into_iter().map(OsString::from).collect()
}

#[cfg(test)]
mod tests {
    use cloneproof::emu::rom::MaskRom;

    use super::*;

    fn line(chip: Chip, timer: Option<&str>, strap: Strap) -> String {
        let args = arguments(names(chip).unwrap(), timer, strap);
        args.join(" ".as_ref()).into_string().unwrap()
    }

    #[test]
    fn every_bootable_chip_is_started_as_esp_idf_starts_it() {
        for (chip, extra, timer, strap) in [
            (Chip::Esp32, "", "timer.esp32.timg", "0x12"),
            (Chip::Esp32C3, " -icount 3", "timer.esp32c3.timg", "0x08"),
            (Chip::Esp32S3, "", "timer.esp32s3.timg", "0x04"),
        ] {
            assert_eq!(names(chip).unwrap().timers[0], timer);
            let wanted = format!(
                "-M {chip}{extra} -drive file=flash.bin,if=mtd,format=raw \
                 -drive file=efuse.bin,if=none,format=raw,id=efuse \
                 -global driver=nvram.{chip}.efuse,property=drive,value=efuse \
                 -global driver={timer},property=wdt_disable,value=true \
                 -global driver={chip}.gpio,property=strap_mode,value={strap} -nographic -serial mon:stdio"
            );
            assert_eq!(line(chip, Some(timer), Strap::FlashBoot), wanted);
        }
    }

    #[test]
    fn the_download_strap_differs() {
        for (chip, strap) in [
            (Chip::Esp32, "0x0f"),
            (Chip::Esp32C3, "0x02"),
            (Chip::Esp32S3, "0x00"),
        ] {
            let line = line(chip, None, Strap::UartDownload);
            let wanted = format!("driver={chip}.gpio,property=strap_mode,value={strap}");
            assert!(line.contains(&wanted), "{line}");
            assert!(!line.contains("wdt_disable"), "{line}");
        }
    }

    #[test]
    fn machines_are_called_as_their_chips_and_have_one_of_their_roms() {
        for names in PLAYED {
            assert_eq!(names.machine, names.chip.name());
            let masks = names.chip.mask_roms();
            let serves = |mask: &MaskRom| mask.revisions.contains(&names.rom_of);
            assert!(masks.iter().any(serves), "{}", names.chip);
        }
        assert_eq!(names(Chip::Esp32P4), None);
    }
}
