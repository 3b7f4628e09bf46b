//! What a chip executed, as the report tells it.

use cloneproof::boot::{AppRun, BootRecord, ExecutionRecord, Furthest, Loaded};
use cloneproof::hex;
use serde::Serialize;

use crate::base::text::printable;

/// Boots that a report lists; of more the first and the newest.
const BOOTS: usize = 8;

/// One boot.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BootLine {
    /// Number since power-on, from 0.
    pub number: u64,
    /// The reset that it followed; absent for power-on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reset: Option<&'static str>,
    /// How far it came: `rom`, `loaded` or `app`.
    pub furthest: &'static str,
    /// What the mask ROM handed over to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loaded: Option<LoadedLine>,
    /// The app that ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<AppLine>,
    /// Exceptions that ordinary code does not take, before the app.
    pub faults: u64,
    /// The reset that ended it, and when, in microseconds since power-on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<EndLine>,
}

/// What the mask ROM handed over to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LoadedLine {
    /// `image` (the second-stage bootloader, or what lies in its place) or `direct-boot`.
    pub kind: &'static str,
    /// Flash offset, `0x…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flash_offset: Option<String>,
    /// SHA-256 of what lay in RAM when its first instruction ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_sha256: Option<String>,
    /// Address of the first instruction, `0x…`.
    pub pc: String,
    /// When, in microseconds since power-on.
    pub at_us: u64,
}

/// An app that ran.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppLine {
    /// Flash offset of its image, or of its first instruction, `0x…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flash_offset: Option<String>,
    /// Label of its partition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition: Option<String>,
    /// SHA-256 of the whole image as the chip deciphers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Whether what lay in RAM when it was entered is what the image says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_stored: Option<bool>,
    /// The core that ran its first instruction.
    pub core: u8,
    /// Address of that, `0x…`.
    pub pc: String,
    /// Cycle of that core.
    pub cycle: u64,
    /// When, in microseconds since power-on.
    pub at_us: u64,
    /// Distinct 4 KB pages of its code that ran.
    pub pages: u32,
    /// Exceptions that ordinary code does not take.
    pub faults: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_fault: Option<String>,
    /// Symbols that were waited for and reached.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<String>,
}

/// How a boot ended.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct EndLine {
    /// The reset.
    pub reset: &'static str,
    /// When, in microseconds since power-on.
    pub at_us: u64,
    /// Where the running cores were.
    pub places: Vec<String>,
}

/// The boots of a record.
pub fn boots(record: &ExecutionRecord) -> Vec<BootLine> {
    let all = &record.boots;
    let skip = all.len().saturating_sub(BOOTS);
    let shown = all
        .iter()
        .enumerate()
        .filter(|(index, _)| *index == 0 || *index > skip);
    shown.map(|(_, boot)| line(boot)).collect()
}

fn line(boot: &BootRecord) -> BootLine {
    BootLine {
        number: boot.number,
        reset: boot.reset.as_ref().map(|reset| reset.cause),
        furthest: match boot.furthest() {
            Furthest::Rom => "rom",
            Furthest::Loaded => "loaded",
            Furthest::App => "app",
        },
        loaded: boot.loaded.as_ref().map(|(moment, loaded)| {
            let image = match loaded {
                Loaded::Image(image) => Some(image),
                Loaded::DirectBoot => None,
            };
            LoadedLine {
                kind: image.map_or("direct-boot", |_| "image"),
                flash_offset: image.map(|image| address(image.flash_offset)),
                memory_sha256: image.map(|image| hex::encode(image.memory_sha256)),
                pc: address(moment.pc),
                at_us: moment.at_us,
            }
        }),
        app: boot.app.as_ref().map(app),
        faults: boot.faults.count,
        ended: boot.end.as_ref().map(|end| EndLine {
            reset: end.reset.cause,
            at_us: end.reset.at_us,
            places: end
                .places
                .iter()
                .map(|place| printable(&place.to_string()))
                .collect(),
        }),
    }
}

fn app(app: &AppRun) -> AppLine {
    let image = app.image.as_ref();
    let offset = image.map(|image| image.image.flash_offset);
    AppLine {
        flash_offset: offset.or(app.flash_offset).map(address),
        partition: image
            .and_then(|image| image.partition.as_ref())
            .map(|(label, _)| printable(label)),
        sha256: image
            .and_then(|image| image.image.sha256())
            .map(hex::encode),
        as_stored: image.map(|image| image.image.is_as_stored()),
        core: app.first.core,
        pc: address(app.first.pc),
        cycle: app.first.cycle,
        at_us: app.first.at_us,
        pages: app.pages,
        faults: app.faults.count,
        first_fault: app.faults.first.first().map(|fault| {
            format!(
                "{} on core {} at {}",
                fault.cause,
                fault.core,
                address(fault.pc)
            )
        }),
        reached: app
            .reached
            .iter()
            .map(|reached| reached.symbol.clone())
            .collect(),
    }
}

fn address(address: u32) -> String {
    format!("{address:#x}")
}

impl AppLine {
    /// The app in running text.
    pub fn describe(&self) -> String {
        let place = match (&self.partition, &self.flash_offset) {
            (Some(label), Some(offset)) => format!("{label} at {offset}"),
            (None, Some(offset)) => format!("flash {offset}"),
            (_, None) => "code in RAM".to_owned(),
        };
        let sum = self.sha256.as_deref().map_or(String::new(), |sum| {
            format!(", SHA-256 {}", sum.get(..16).unwrap_or(sum))
        });
        format!(
            "app entered: {place}{sum}, core {} at {}, {} us after power-on, {} pages of code",
            self.core, self.pc, self.at_us, self.pages
        )
    }
}
