//! The command line that QEMU is started with.
//!
//! Source: ESP-IDF `tools/idf_py_actions/qemu_ext.py`; esp-toolchain-docs `qemu/esp32/README.md`.

use std::ffi::OsString;

use cloneproof::chip::Chip;
use cloneproof::virtual_chip::Strap;

/// Name of the flash's private copy in the chip's folder. Relative, as the process is started in that folder: QEMU
/// would take a comma in a path for the end of it.
pub const FLASH_FILE: &str = "flash.bin";
/// Name of the eFuses' private copy.
pub const EFUSE_FILE: &str = "efuse.bin";

/// How QEMU calls what differs by chip.
#[derive(Debug, PartialEq, Eq)]
pub struct ChipNames {
    /// The program that has the machine.
    pub program: &'static str,
    /// The tool of ESP-IDF's installer that brings the program.
    pub idf_tool: &'static str,
    /// The machine, and the middle of its devices' names.
    pub machine: &'static str,
    /// The mask ROM among QEMU's data files.
    pub rom_file: &'static str,
    /// Strap value for booting from flash.
    pub flash_boot: u8,
    /// Strap value for the UART download mode.
    pub uart_download: u8,
}

const ESP32: ChipNames = ChipNames {
    program: "qemu-system-xtensa",
    idf_tool: "qemu-xtensa",
    machine: "esp32",
    rom_file: "esp32-v3-rom.bin",
    flash_boot: 0x12,
    uart_download: 0x0f,
};

/// The names of a chip, if any QEMU has it.
pub fn names(chip: Chip) -> Option<&'static ChipNames> {
    match chip {
        Chip::Esp32 => Some(&ESP32),
        _ => None,
    }
}

/// The arguments for a chip whose files lie in the folder that QEMU is started in.
pub fn arguments(names: &ChipNames, strap: Strap) -> Vec<OsString> {
    let machine = names.machine;
    let strap = match strap {
        Strap::FlashBoot => names.flash_boot,
        Strap::UartDownload => names.uart_download,
    };
    [
        "-M".to_owned(),
        machine.to_owned(),
        "-drive".to_owned(),
        format!("file={FLASH_FILE},if=mtd,format=raw"),
        "-drive".to_owned(),
        format!("file={EFUSE_FILE},if=none,format=raw,id=efuse"),
        "-global".to_owned(),
        format!("driver=nvram.{machine}.efuse,property=drive,value=efuse"),
        // Emulation is slower than silicon: the watchdogs of the timer groups would reset a chip that is just busy.
        "-global".to_owned(),
        format!("driver=timer.{machine}.timg,property=wdt_disable,value=true"),
        "-global".to_owned(),
        format!("driver={machine}.gpio,property=strap_mode,value={strap:#04x}"),
        "-nographic".to_owned(),
        // Observed on 7.2: a serial port on plain `stdio` falls silent for good when standard input ends, and one that
        // shares it with the monitor does not.
        "-serial".to_owned(),
        "mon:stdio".to_owned(),
    ]
    .into_iter()
    .map(OsString::from)
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_esp32_is_started_as_esp_idf_starts_it() {
        let names = names(Chip::Esp32).unwrap();
        let line = arguments(names, Strap::FlashBoot).join(" ".as_ref());
        let wanted = "-M esp32 -drive file=flash.bin,if=mtd,format=raw \
             -drive file=efuse.bin,if=none,format=raw,id=efuse \
             -global driver=nvram.esp32.efuse,property=drive,value=efuse \
             -global driver=timer.esp32.timg,property=wdt_disable,value=true \
             -global driver=esp32.gpio,property=strap_mode,value=0x12 -nographic -serial mon:stdio";
        assert_eq!(line.to_str(), Some(wanted));
    }

    #[test]
    fn the_download_strap_differs() {
        let names = names(Chip::Esp32).unwrap();
        let args = arguments(names, Strap::UartDownload);
        assert!(args.contains(&"driver=esp32.gpio,property=strap_mode,value=0x0f".into()));
    }
}
