//! Espressif's QEMU as a back end, where it is installed: each of its machines runs its mask ROM.

#[cfg(not(unix))]
pub fn trials() -> Vec<libtest_mimic::Trial> {
    Vec::new()
}

#[cfg(unix)]
pub use installed::trials;

#[cfg(unix)]
mod installed {
    use std::ops::ControlFlow;
    use std::time::Duration;

    use cloneproof::boot::Stop;
    use cloneproof::chip::{Chip, ChipRevision};
    use cloneproof::efuse::EfuseBank;
    use cloneproof::flash::FlashImage;
    use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap};
    use cloneproof_harness::backend::Backend;
    use cloneproof_harness::backend::qemu::Qemu;
    use libtest_mimic::{Completion, Trial};

    use crate::tools;

    /// Chip, a revision that has the ROM of its machine, and that ROM's banner.
    const MACHINES: [(Chip, ChipRevision, &str); 3] = [
        (Chip::Esp32, ChipRevision::new(3, 0), "ets Jul 29 2019"),
        (
            Chip::Esp32C3,
            ChipRevision::new(0, 3),
            "ESP-ROM:esp32c3-api1-20210207",
        ),
        (
            Chip::Esp32S3,
            ChipRevision::new(0, 0),
            "ESP-ROM:esp32s3-20210327",
        ),
    ];
    const REFUSAL: &str = "invalid header: 0xffffffff";

    pub fn trials() -> Vec<Trial> {
        let trial = |(chip, revision, banner): (Chip, ChipRevision, &'static str)| {
            let name = format!("a_real_qemu_boots_its_rom_on_erased_flash_{chip}");
            Trial::ignorable_test(name, move || match Qemu::locate(&[], &[chip]) {
                Ok(qemu) => {
                    boots_its_rom(&qemu, chip, revision, banner);
                    Ok(Completion::Completed)
                }
                Err(error) => tools::missing(&format!("no Espressif QEMU: {error}")),
            })
        };
        MACHINES.into_iter().map(trial).collect()
    }

    fn boots_its_rom(qemu: &Qemu, chip: Chip, revision: ChipRevision, banner: &str) {
        let given = PowerOn {
            flash: FlashImage::erased(4 << 20),
            efuses: EfuseBank::factory(chip, revision, [2, 0, 0, 0, 0, 1]),
            strap: Strap::FlashBoot,
            seed: 0,
            flash_id: None,
        };
        let limits = RunLimits {
            cycles: u64::MAX,
            wall: Duration::from_secs(60),
            resets: 3,
        };
        let mut chip = qemu.build(given.clone()).unwrap();
        let mut seen = Vec::new();
        let mut watch = |new: &[u8]| {
            seen.extend_from_slice(new);
            match String::from_utf8_lossy(&seen).contains(REFUSAL) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let report = chip.run(&limits, &mut watch).unwrap();
        assert_eq!(report.stop, Stop::Watch, "{}", report.console_text());
        assert!(report.console_text().contains(banner));
        assert_eq!(report.gaps, []);
        assert_eq!(chip.flash().unwrap(), given.flash);
        assert_eq!(chip.efuses().unwrap(), given.efuses);
    }
}
