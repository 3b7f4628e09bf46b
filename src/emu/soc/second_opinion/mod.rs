//! A second opinion on registers: offsets and reset values that were written by hand, against Espressif's peripheral
//! access crates, which were made from Espressif's SVD files.
//!
//! Where the two differ, `known.txt` says why; an unlisted difference fails, and so does a listed one that is none any more.

mod known;
mod pac;

use std::collections::BTreeMap;

use known::Known;

use super::device_list::DeviceSet;
use super::device_map::BLOCK;
use super::esp32::First;
use super::family::{Description, Family, Id};
use super::later::Later;
use super::lp::Lp;
use crate::chip::ChipRevision;
use crate::efuse::EfuseBank;
use crate::emu::periph::{Device, RegRead};
use crate::emu::riscv::Hart;
use crate::emu::soc::chips;
use crate::emu::xtensa::Core;
use crate::flash::FlashImage;
use crate::virtual_chip::{PowerOn, Strap};

/// What the two say of one register, where they differ.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    /// Names of the crate, or device and offset where the crate has no register.
    register: String,
    address: u32,
    ours: u32,
    /// Reset values of the crate's registers at this address; none where it has none.
    theirs: Vec<u32>,
}

/// The devices of a chip at power-on, and where they are.
struct Subject<F: Family> {
    chip: &'static Description<F>,
    devices: F::Devices,
}

impl<F: Family> Subject<F> {
    fn new(chip: &'static Description<F>) -> Self {
        let silicon = F::silicon(chip);
        let power = PowerOn {
            flash: FlashImage::erased(4 << 20),
            efuses: EfuseBank::factory(silicon.chip, ChipRevision::new(0, 0), [0; 6]),
            strap: Strap::FlashBoot,
            seed: 0,
            flash_id: None,
        };
        let devices = F::Devices::new(chip, &power);
        Subject { chip, devices }
    }

    fn id(&self, address: u32) -> Option<(Id<F>, u32)> {
        F::map(self.chip).find(address)
    }

    /// What a device says of a register at power-on, and the device's name; reads may change it, so each is the first one.
    fn read(&self, address: u32) -> Option<(&'static str, u32, RegRead)> {
        let (id, offset) = self.id(address)?;
        let mut devices = self.devices.clone();
        let device: &mut dyn Device = devices.get(id);
        Some((device.name(), offset, device.read(offset, 0)))
    }

    /// Addresses of all words of modelled blocks.
    fn words(&self) -> impl Iterator<Item = u32> {
        let places = F::map(self.chip).places.iter();
        places.flat_map(|place| (place.base..place.base + place.size.min(BLOCK)).step_by(4))
    }

    /// How many registers were compared, and those that differ.
    ///
    /// Compared is what does not read as zero at power-on: a value that somebody wrote down or that a device computes. Zero
    /// is also what a register shows of which nobody said anything.
    fn differences(&self) -> (usize, Vec<Difference>) {
        let name = F::silicon(self.chip).chip.to_string();
        let mut theirs: BTreeMap<u32, Vec<pac::Register>> = BTreeMap::new();
        for register in pac::registers(&name) {
            let word = theirs.entry(register.address & !3).or_default();
            word.push(register);
        }
        let ours: Vec<_> = self
            .words()
            .filter_map(|address| Some((address, self.read(address)?)))
            .filter(|(_, (_, _, read))| read.value != 0)
            .collect();
        let found = ours
            .iter()
            .filter_map(|&(address, (device, offset, read))| {
                let registers = theirs.get(&address).map_or(&[][..], Vec::as_slice);
                let register = match registers.first() {
                    Some(register) => register.name.clone(),
                    None => format!("{device}+{offset:#x}"),
                };
                compare(register, address, read.value, registers)
            });
        (ours.len(), found.collect())
    }
}

/// The difference between our value and the crate's registers at the same address, if there is any.
fn compare(
    register: String,
    address: u32,
    ours: u32,
    registers: &[pac::Register],
) -> Option<Difference> {
    let theirs: Vec<u32> = registers.iter().filter_map(|found| found.reset).collect();
    (!theirs.contains(&ours)).then_some(Difference {
        register,
        address,
        ours,
        theirs,
    })
}

fn check<F: Family>(chip: &'static Description<F>, least: usize) {
    let name = F::silicon(chip).chip;
    let (compared, found) = Subject::<F>::new(chip).differences();
    println!("{name}: {compared} compared, {} differ", found.len());
    assert!(
        compared >= least,
        "{name}: only {compared} registers compared"
    );
    let known = known::of(name);
    let explained = |found: &Difference| known.iter().any(|line| line.explains(&found.register));
    let new: Vec<&Difference> = found.iter().filter(|found| !explained(found)).collect();
    assert!(
        new.is_empty(),
        "{name}: {} differences:\n{}",
        new.len(),
        text(&new)
    );
    let tells = |line: &Known| found.iter().any(|found| line.explains(&found.register));
    let stale: Vec<_> = known.iter().filter(|line| !tells(line)).collect();
    let stale: Vec<_> = stale.iter().map(|line| &line.pattern).collect();
    assert!(
        stale.is_empty(),
        "{name}: no difference any more: {stale:?}"
    );
}

fn text(differences: &[&Difference]) -> String {
    let lines = differences.iter().map(|found| {
        let Difference {
            register,
            address,
            ours,
            theirs,
        } = found;
        format!("{register} at {address:#x}: ours {ours:#x}, theirs {theirs:x?}\n")
    });
    lines.collect()
}

#[test]
fn esp32() {
    check::<First>(&chips::esp32::CHIP, 390);
}

#[test]
fn esp32c3() {
    check::<Later<Hart>>(&chips::esp32c3::CHIP, 400);
}

#[test]
fn esp32s3() {
    check::<Later<Core>>(&chips::esp32s3::CHIP, 1100);
}

#[test]
fn esp32c6() {
    check::<Lp<Hart>>(&chips::esp32c6::CHIP, 500);
}
