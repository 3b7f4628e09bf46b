//! From the raw form of a scenario to the checked one.

use std::path::Path;
use std::sync::Arc;

use cloneproof::boot::{Signature, Stage};
use cloneproof::chip::{self, Chip};
use toml::Spanned;

use super::edit::Edit;
use super::efuses;
use super::file::{File, regex};
use super::life;
use super::model::{Attack, Expect, Flash, History, Patience, Provision, Scenario, Target};
use super::raw::{RawDonor, RawExpect, RawScenario, RawTarget};
use super::secure_boot;
use super::setup::EfuseSetup;
use crate::base::error::Error;
use crate::base::seed::SEED;
use crate::base::source_error::SourceError;
use crate::input::firmware::{self, Sources};

/// Converts the raw form of the scenario file `path`, whose contents are `text`.
pub fn check(path: &Path, text: &str, raw: RawScenario) -> Result<Scenario, Error> {
    let file = File { path, text };
    let name = name(&file, &raw.name)?;
    let chip = bootable(&file, &raw.chip)?;
    let donor = donor_efuses(&file, chip, &raw.donor)?;
    let targets = targets(&file, chip, &donor, &raw)?;
    let own_life = match &raw.sign_of_life {
        Some(value) => Some(life::check(&file, chip, value)?),
        None => None,
    };
    // The files come last: a wrong scenario is told about before a missing file is.
    let provision = provision(&file, &raw.donor, &donor)?;
    let mut flash = flash(&file, chip, &raw.donor, provision)?;
    if let Some(secure_boot) = &donor.secure_boot {
        flash.firmware = Arc::new(secure_boot.sign(chip, &flash.firmware)?);
    }
    let patience = own_life
        .as_ref()
        .map_or(Patience::default(), |own| own.patience);
    let sign_of_life = match own_life {
        Some(own) => own.sign(&file, &flash.firmware)?,
        None => life::of_manifest(&file, &raw, &flash.firmware)?,
    };
    Ok(Scenario {
        name,
        path: path.to_owned(),
        description: raw.description.into_inner().trim().to_owned(),
        why: raw.why.map(|why| why.trim().to_owned()),
        chip,
        donor,
        flash,
        sign_of_life,
        patience,
        targets,
        seed: SEED,
        symbols: None,
    })
}

/// Names stand in reports and file names: lower case, digits, hyphens.
fn name(file: &File, value: &Spanned<String>) -> Result<String, Box<SourceError>> {
    let name = value.get_ref();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    if !name.is_empty() && name.len() <= 80 && name.chars().all(allowed) {
        return Ok(name.clone());
    }
    Err(file.wrong(
        value.span(),
        "this is no name",
        "use lower-case letters, digits, dots and hyphens, at most 80",
    ))
}

fn donor_efuses(file: &File, chip: Chip, raw: &Spanned<RawDonor>) -> Result<EfuseSetup, Error> {
    let donor = raw.get_ref();
    let values = donor.efuses(raw.span());
    let secure_boot = secure_boot::setup(file.folder(), chip, &values, None)
        .map_err(|error| file.setup_error(error))?;
    efuses::burn(chip, &values, None, secure_boot)
        .map_err(|problem| Error::from(file.error(problem)))
}

fn bootable(file: &File, value: &Spanned<String>) -> Result<Chip, Box<SourceError>> {
    let help = || format!("use one of {}", chip::names(&Chip::BOOTABLE));
    let chip = value.get_ref().parse::<Chip>();
    let chip = chip.map_err(|error| file.wrong(value.span(), error.to_string(), help()))?;
    if chip.is_bootable() {
        return Ok(chip);
    }
    let message = format!("no virtual {chip} can be booted");
    Err(file.wrong(value.span(), message, help()))
}

fn targets(
    file: &File,
    chip: Chip,
    donor: &EfuseSetup,
    raw: &RawScenario,
) -> Result<Vec<Target>, Error> {
    if raw.targets.is_empty() {
        return Err(Error::from(file.wrong(
            raw.name.span(),
            "the scenario has no target",
            "add a [[target]]: the chip that gets the copy",
        )));
    }
    let mut targets: Vec<Target> = Vec::new();
    for value in &raw.targets {
        let next = target(file, chip, donor, value)?;
        if targets.iter().any(|known| known.name == next.name) {
            return Err(Error::from(file.wrong(
                value.get_ref().name.span(),
                format!("there is another target \"{}\"", next.name),
                "give every target of a scenario its own name",
            )));
        }
        targets.push(next);
    }
    Ok(targets)
}

fn target(
    file: &File,
    chip: Chip,
    donor: &EfuseSetup,
    raw: &Spanned<RawTarget>,
) -> Result<Target, Error> {
    let target = raw.get_ref();
    let attack = match target.attack.as_ref().map(|a| (a, a.get_ref().as_str())) {
        None | Some((_, "copy")) => Attack::Copy,
        Some((value, name)) => {
            return Err(Error::from(file.wrong(
                value.span(),
                format!("unknown attack \"{name}\""),
                "use attack = \"copy\"",
            )));
        }
    };
    let values = target.efuses(raw.span());
    let secure_boot = secure_boot::setup(file.folder(), chip, &values, donor.secure_boot.as_ref())
        .map_err(|error| file.setup_error(error))?;
    let flash_id = match &target.flash_id {
        Some(value) => Some(life::flash_id(file, value)?),
        None => None,
    };
    let efuses = efuses::burn(chip, &values, Some(donor), secure_boot)
        .map_err(|problem| file.error(problem))?;
    let edits = target
        .edits
        .iter()
        .map(|raw| Edit::of(file.folder(), raw).map_err(|error| file.setup_error(error)));
    Ok(Target {
        name: name(file, &target.name)?,
        efuses,
        history: History::None,
        flash_id,
        attack,
        edits: edits.collect::<Result<_, _>>()?,
        expect: expect(file, &target.expect)?,
    })
}

fn expect(file: &File, raw: &Spanned<RawExpect>) -> Result<Expect, Box<SourceError>> {
    let expect = raw.get_ref();
    match expect.verdict.get_ref().as_str() {
        "refused" => refused(file, raw),
        "boots" => {
            let surplus = [&expect.stage, &expect.signature, &expect.line];
            if let Some(value) = surplus.into_iter().flatten().next() {
                return Err(file.wrong(
                    value.span(),
                    "a copy that boots has no refusal",
                    "remove this key, or expect verdict = \"refused\"",
                ));
            }
            match &expect.finding {
                Some(finding) if !finding.get_ref().trim().is_empty() => Ok(Expect::Boots {
                    finding: finding.get_ref().trim().to_owned(),
                }),
                _ => Err(file.wrong(
                    raw.span(),
                    "a copy that is expected to boot is a finding",
                    "add finding = \"…\": what this means for the owner of the device",
                )),
            }
        }
        other => Err(file.wrong(
            expect.verdict.span(),
            format!("unknown verdict \"{other}\""),
            "use \"refused\" or \"boots\"",
        )),
    }
}

fn refused(file: &File, raw: &Spanned<RawExpect>) -> Result<Expect, Box<SourceError>> {
    let expect = raw.get_ref();
    if let Some(finding) = &expect.finding {
        return Err(file.wrong(
            finding.span(),
            "a copy that is refused is no finding",
            "remove the finding, or expect verdict = \"boots\"",
        ));
    }
    let (Some(stage_name), Some(name)) = (&expect.stage, &expect.signature) else {
        return Err(file.wrong(
            raw.span(),
            "a refusal counts only with a named stage and signature",
            "add e.g. stage = \"rom\" and signature = \"invalid-header\"",
        ));
    };
    let names = |error: cloneproof::boot::UnknownName, span| {
        let known = error.known.join(", ");
        file.wrong(span, error.to_string(), format!("known are: {known}"))
    };
    let stage: Stage = stage_name
        .get_ref()
        .parse()
        .map_err(|error| names(error, stage_name.span()))?;
    let signature: Signature = name
        .get_ref()
        .parse()
        .map_err(|error| names(error, name.span()))?;
    if signature.stage() != stage {
        return Err(file.wrong(
            stage_name.span(),
            format!(
                "signature {signature} is printed by {}, not by {}",
                signature.stage().title(),
                stage.title()
            ),
            format!("use stage = \"{}\"", signature.stage()),
        ));
    }
    let line = expect
        .line
        .as_ref()
        .map(|line| regex(file, line))
        .transpose()?;
    Ok(Expect::Refused { signature, line })
}

fn provision(
    file: &File,
    raw: &Spanned<RawDonor>,
    donor: &EfuseSetup,
) -> Result<Provision, Box<SourceError>> {
    let Some(value) = &raw.get_ref().provision else {
        return Ok(Provision::PreEncrypted);
    };
    match value.get_ref().as_str() {
        "pre-encrypted" => Ok(Provision::PreEncrypted),
        "first-boot" if donor.bank.flash_encryption_enabled() => Err(file.wrong(
            value.span(),
            "the donor's eFuses have flash encryption on before its first boot",
            "leave the preset out: the bootloader burns what belongs to it",
        )),
        "first-boot" => Ok(Provision::FirstBoot),
        other => Err(file.wrong(
            value.span(),
            format!("unknown provision \"{other}\""),
            "use \"pre-encrypted\" or \"first-boot\"",
        )),
    }
}

fn flash(
    file: &File,
    chip: Chip,
    raw: &Spanned<RawDonor>,
    provision: Provision,
) -> Result<Flash, Error> {
    let donor = raw.get_ref();
    let size = flash_size(file, donor.flash_size.as_ref())?;
    let folder = file.path.parent().unwrap_or(Path::new("."));
    let at = |value: &Spanned<String>| folder.join(value.get_ref());
    let sources = match (&donor.firmware, &donor.app) {
        (Some(image), None) => {
            if let Some(value) = &donor.partition_table {
                return Err(Error::from(file.wrong(
                    value.span(),
                    "the image's manifest already says which parts it has",
                    "name the app with app = \"…\" instead of firmware, or remove this key",
                )));
            }
            Sources {
                bootloader: donor.bootloader.as_ref().map(at),
                ..firmware::manifest_sources(chip, &at(image))?
            }
        }
        (None, Some(app)) => Sources {
            name: at(app)
                .file_name()
                .map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
            app: at(app),
            sha256: None,
            sign_of_life: None,
            manifest_files: Vec::new(),
            bootloader: donor.bootloader.as_ref().map(at),
            partition_table: donor.partition_table.as_ref().map(at),
        },
        _ => {
            return Err(Error::from(file.wrong(
                raw.span(),
                "the donor needs either firmware or app",
                "add firmware = \"../images/<name>\" or app = \"<file>.elf\"",
            )));
        }
    };
    Ok(Flash {
        size,
        firmware: Arc::new(firmware::load(chip, size, sources)?),
        provision,
    })
}

/// Flash sizes as esptool writes them; the ESP32 addresses at most 16 MB.
fn flash_size(file: &File, raw: Option<&Spanned<String>>) -> Result<u32, Box<SourceError>> {
    const SIZES: [(&str, u32); 5] = [
        ("1MB", 1 << 20),
        ("2MB", 2 << 20),
        ("4MB", 4 << 20),
        ("8MB", 8 << 20),
        ("16MB", 16 << 20),
    ];
    let Some(value) = raw else {
        return Ok(4 << 20);
    };
    SIZES
        .into_iter()
        .find(|(name, _)| name == value.get_ref())
        .map(|(_, size)| size)
        .ok_or_else(|| {
            file.wrong(
                value.span(),
                format!("unknown flash size \"{}\"", value.get_ref()),
                "use \"1MB\", \"2MB\", \"4MB\", \"8MB\" or \"16MB\"",
            )
        })
}
