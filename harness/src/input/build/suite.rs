//! The standard scenarios of a build: a donor as the build's configuration says, and the chips that get its flash.

use std::fmt;
use std::sync::Arc;

use cloneproof::chip::ChipRevision;
use cloneproof::efuse::{EfuseBank, EncryptionMode};
use cloneproof::emu::rom::MaskRom;
use sha2::{Digest, Sha256};

use super::config::Encrypts;
use super::model::Build;
use crate::base::error::Error;
use crate::input::scenario::{
    Attack, EfuseSetup, Expect, Flash, History, Patience, Preset, Provision, Scenario, SignOfLife,
    Target,
};

/// How the donor's flash gets encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Encryption {
    /// Not at all.
    None,
    /// Before delivery, with release-mode eFuses.
    PreEncrypted,
    /// By the donor's own bootloader on its first boot.
    FirstBoot,
}

impl Encryption {
    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Encryption::None => "none",
            Encryption::PreEncrypted => "pre-encrypted",
            Encryption::FirstBoot => "first-boot",
        }
    }

    /// What the build's configuration means.
    pub fn of(build: &Build) -> Encryption {
        match build.security.encrypts {
            Encrypts::Never => Encryption::None,
            Encrypts::Development | Encrypts::Release => Encryption::FirstBoot,
            Encrypts::Demands => Encryption::PreEncrypted,
        }
    }

    fn description(self) -> &'static str {
        match self {
            Encryption::None => {
                "The flash of a device with this build, which is not encrypted, is copied bit for bit onto other chips."
            }
            Encryption::PreEncrypted => {
                "The flash of a device with this build, encrypted before delivery with a key of its own and release-mode \
                 eFuses, is copied bit for bit onto other chips."
            }
            Encryption::FirstBoot => {
                "A factory-fresh device with this build encrypts its own flash on its first boot; that flash is copied bit \
                 for bit onto other chips."
            }
        }
    }
}

impl fmt::Display for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the user asks for.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// How the donor's flash gets encrypted.
    pub encryption: Encryption,
    /// How the app shows that it runs.
    pub sign_of_life: SignOfLife,
    /// Seed of keys and of the chips' random number generators.
    pub seed: u64,
}

/// Name of the scenario that decides.
pub const COPY: &str = "copy";
/// Name of the scenario that shows what encryption would give.
pub const WHAT_IF: &str = "what-if-pre-encrypted";

/// Espressif's, and then digits that no real chip has to have.
const MAC: [u8; 4] = [0x24, 0x0A, 0xC4, 0xC0];

/// The scenarios of a build: the one that decides, and where that encrypts nothing, what encryption would give.
///
/// # Errors
/// Where no chip can run the build.
pub fn scenarios(build: &Build, wishes: &Wishes) -> Result<Vec<Scenario>, Error> {
    let symbols = build.symbols();
    let mut all = vec![scenario(build, wishes, wishes.encryption, COPY)?];
    if wishes.encryption == Encryption::None {
        all.push(scenario(build, wishes, Encryption::PreEncrypted, WHAT_IF)?);
    }
    for scenario in &mut all {
        scenario.symbols.clone_from(&symbols);
    }
    Ok(all)
}

fn scenario(
    build: &Build,
    wishes: &Wishes,
    encryption: Encryption,
    name: &str,
) -> Result<Scenario, Error> {
    // The donor is of the first mask ROM that the build accepts, and a copy is made onto a chip of each.
    let accepted = |mask: &MaskRom| {
        let mut known = mask.revisions.iter().copied();
        known.find(|revision| build.allows(*revision))
    };
    let masks = build.chip.mask_roms().iter();
    let accepted: Vec<ChipRevision> = masks.filter_map(accepted).collect();
    let revision = *accepted.first().ok_or_else(|| none_accepted(build))?;
    let mut chips = Chips {
        build,
        wishes,
        number: 0,
    };
    let donor = match encryption {
        Encryption::PreEncrypted => chips.keyed(revision, "donor")?,
        Encryption::None | Encryption::FirstBoot => chips.factory(revision),
    };
    let mut targets = Vec::new();
    for revision in accepted {
        let blank = chips.factory(revision);
        targets.push(target(format!("blank-{revision}"), blank));
        if encryption != Encryption::None {
            let other = chips.keyed(revision, "another chip")?;
            targets.push(target(format!("other-key-{revision}"), other));
        }
    }
    targets.push(custom_mac(revision, chips.factory(revision), &donor));
    if encryption == Encryption::FirstBoot {
        let sibling = chips.factory(revision);
        targets.push(Target {
            history: History::Sibling,
            ..target(format!("sibling-{revision}"), sibling)
        });
    }
    // What a configuration claims is a hint: whether the build demands encryption, its plain flash shows.
    if encryption == Encryption::PreEncrypted && build.security.encrypts == Encrypts::Demands {
        let blank = chips.factory(revision);
        targets.push(Target {
            attack: Attack::Plain,
            ..target(format!("plain-flash-{revision}"), blank)
        });
    }
    if encryption != Encryption::None {
        targets.push(same_key(revision, chips.factory(revision)));
    }
    Ok(Scenario {
        name: name.to_owned(),
        path: build.path.clone(),
        description: encryption.description().to_owned(),
        why: None,
        chip: build.chip,
        donor,
        flash: Flash {
            size: build.flash_size,
            firmware: Arc::clone(&build.firmware),
            provision: match encryption {
                Encryption::FirstBoot => Provision::FirstBoot,
                Encryption::None | Encryption::PreEncrypted => Provision::PreEncrypted,
            },
        },
        sign_of_life: wishes.sign_of_life.clone(),
        patience: Patience::default(),
        targets,
        seed: wishes.seed,
        symbols: None,
    })
}

fn none_accepted(build: &Build) -> Error {
    let masks = build.chip.mask_roms().iter();
    let all: Vec<String> = masks
        .flat_map(|mask| mask.revisions)
        .map(ToString::to_string)
        .collect();
    Error::input(
        &build.path,
        format!(
            "bootloader or app accept none of the chip revisions {} of the {}",
            all.join(", "),
            build.chip
        ),
        "correct the minimum and maximum chip revision of the build (menuconfig: Component config, Hardware Settings)",
    )
}

fn target(name: String, efuses: EfuseSetup) -> Target {
    Target {
        name,
        efuses,
        history: History::None,
        attack: Attack::Copy,
        flash_id: None,
        edits: Vec::new(),
        expect: Expect::RefusedSomehow,
    }
}

/// An attacker's chip with the donor's MAC address as its custom one, which software can be led to take for its own.
fn custom_mac(revision: ChipRevision, mut efuses: EfuseSetup, donor: &EfuseSetup) -> Target {
    // A chip without room for it has no such clone; it is a blank one then.
    let _ = efuses.bank.burn_custom_mac(donor.bank.mac());
    target(format!("custom-mac-{revision}"), efuses)
}

/// The control that the key is what refuses: with it, the copy must run.
fn same_key(revision: ChipRevision, efuses: EfuseSetup) -> Target {
    Target {
        name: format!("same-key-{revision}"),
        efuses,
        history: History::Inherits,
        attack: Attack::Copy,
        flash_id: None,
        edits: Vec::new(),
        expect: Expect::Boots {
            finding: "The copy runs on a chip with the donor's key: only the key ties this firmware to its chip. Every \
                      device needs a key of its own that nobody keeps."
                .to_owned(),
        },
    }
}

/// Makes chips, each with a MAC address of its own.
struct Chips<'a> {
    build: &'a Build,
    wishes: &'a Wishes,
    number: u8,
}

impl Chips<'_> {
    fn factory(&mut self, revision: ChipRevision) -> EfuseSetup {
        self.number += 1;
        let [a, b, c, d] = MAC;
        EfuseSetup {
            bank: EfuseBank::factory(self.build.chip, revision, [a, b, c, d, 0, self.number]),
            key: None,
            preset: Preset::None,
            secure_boot: None,
        }
    }

    /// A chip with release-mode eFuses and a key that is made from the seed and `whose`.
    fn keyed(&mut self, revision: ChipRevision, whose: &str) -> Result<EfuseSetup, Error> {
        let mut setup = self.factory(revision);
        let key = Sha256::new()
            .chain_update(b"cloneproof check key ")
            .chain_update(self.wishes.seed.to_le_bytes())
            .chain_update(whose)
            .finalize();
        setup
            .bank
            .burn_encryption_mode(EncryptionMode::Release, &key)
            .map_err(|error| {
                Error::input(
                    &self.build.path,
                    error,
                    "report this: the keys are cloneproof's own",
                )
            })?;
        setup.key = Some(key.to_vec());
        setup.preset = Preset::Release;
        Ok(setup)
    }
}
