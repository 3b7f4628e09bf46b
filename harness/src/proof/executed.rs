//! What the record of executed code says to the judge: which app ran, and by which name a refusal without a word goes.

use cloneproof::boot::{
    AppRun, BootRecord, ExecutionRecord, Furthest, Loaded, Outputs, Place, Signature, Stage,
};

use crate::proof::observe::{AppEnd, Ended, Observation, Settled};
use crate::proof::verdict::{Refusal, Stays, Why};

/// Parts of the names of the mask ROMs' functions in which they wait for a download (ROM ELFs' symbols).
const DOWNLOAD: [&str; 6] = [
    "UartDwnLdProc",
    "uart_download",
    "uart_rx_one_char",
    "UartConnCheck",
    "UartRxString",
    "usb_uart_rx",
];
/// The same of the ESP32's BASIC interpreter.
const BASIC: [&str; 2] = ["basic", "UartGetCmdLn"];

fn record(run: &Observation) -> Option<&ExecutionRecord> {
    run.report.record.as_ref()
}

fn app(run: &Observation) -> Option<&AppRun> {
    Some(record(run)?.newest_app()?.1)
}

/// Whether a chip ran the app that another one ran, byte for byte; where only consoles are known there is nothing to compare.
///
/// # Errors
/// What differs.
pub fn same_app(chip: &'static str, first: &Observation, second: &Observation) -> Result<(), Why> {
    if record(first).is_none() || record(second).is_none() {
        return Ok(());
    }
    let differs = |what: &str| {
        Err(Why::OtherApp {
            chip,
            what: what.to_owned(),
        })
    };
    let (Some(one), Some(other)) = (app(first), app(second)) else {
        return differs("no app was entered");
    };
    match (&one.image, &other.image) {
        (Some(one), Some(other)) => {
            if one.image.sha256() != other.image.sha256() {
                return differs("its image is another one");
            }
            if one.image.memory_sha256 != other.image.memory_sha256 {
                return differs("what was loaded into RAM is something else");
            }
            Ok(())
        }
        (None, None) if one.flash_offset == other.flash_offset => Ok(()),
        _ => differs("its code comes from another place"),
    }
}

/// Whether a chip that got a changed copy ran an app whose image is whole.
///
/// # Errors
/// Where it did not.
pub fn sound_app(run: &Observation) -> Result<(), Why> {
    let Some(_) = record(run) else {
        return Ok(());
    };
    match app(run) {
        Some(AppRun { image: None, .. }) => Ok(()),
        Some(AppRun {
            image: Some(image), ..
        }) if image.image.is_as_stored() => Ok(()),
        _ => Err(Why::OtherApp {
            chip: "target",
            what: "what ran is no whole image".to_owned(),
        }),
    }
}

/// Whether a chip on which the app runs leaves out a way of output that the twin's app used.
pub fn does_less(target: &Observation, twin: &Observation) -> bool {
    let (Some(target), Some(twin)) = (&target.outputs, &twin.outputs) else {
        return false;
    };
    let ways = |outputs: &Outputs| {
        let [a, b, c] = outputs.uart;
        [a, b, c, outputs.usb, outputs.gpio, outputs.spi]
    };
    let mut pairs = ways(target).into_iter().zip(ways(twin));
    pairs.any(|(target, twin)| target == 0 && twin > 0)
}

/// Whether what the ROM handed over to is not what it handed over to on the twin.
pub fn chain_is_foreign(target: &Observation, twin: &Observation) -> bool {
    let loaded = |run: &Observation| {
        let boots = &record(run)?.boots;
        boots.iter().rev().find_map(|boot| boot.loaded.clone())
    };
    let Some((_, target)) = loaded(target) else {
        return false;
    };
    match (target, loaded(twin)) {
        (Loaded::Image(target), Some((_, Loaded::Image(twin)))) => {
            target.memory_sha256 != twin.memory_sha256
        }
        (Loaded::DirectBoot, Some((_, Loaded::DirectBoot))) => false,
        _ => true,
    }
}

/// A refusal by code that is not the donor's: what a wrong key made of it.
pub fn garbage(run: &Observation) -> Refusal {
    named(run, Signature::GarbageBootloader, Stays::Still)
}

/// The name of an app's end.
pub fn signature_of(end: AppEnd) -> Signature {
    match end {
        AppEnd::Panic => Signature::AppPanicked,
        AppEnd::Restarts => Signature::AppRestarts,
        AppEnd::Halted => Signature::AppHalted,
        AppEnd::Refused(signature) => signature,
    }
}

/// A refusal without a word: named by the place in which the chip came to rest. Nothing where the chip has not.
///
/// # Errors
/// Where another one was expected.
pub fn silent(
    run: &Observation,
    stays: Stays,
    preferred: Option<Signature>,
) -> Option<Result<Refusal, Why>> {
    let found = match &run.ended {
        Ended::AppEnded(end) => signature_of(*end),
        Ended::Settled(settled) => by_place(run, *settled),
        _ => return None,
    };
    Some(match preferred {
        Some(expected) if expected != found => Err(Why::OtherSignature {
            expected,
            found,
            line: String::new(),
        }),
        _ => Ok(named(run, found, stays)),
    })
}

fn named(run: &Observation, signature: Signature, stays: Stays) -> Refusal {
    let record = record(run);
    Refusal {
        signature,
        stage: signature.stage(),
        line: None,
        place: resting_place(run),
        boot: record
            .and_then(ExecutionRecord::current)
            .map_or(0, |boot| boot.number),
        total: record.map_or(0, |record| record.boots.len() as u64 + record.left_out),
        stays,
    }
}

/// The name of the place in which a chip came to rest before any app.
fn by_place(run: &Observation, settled: Settled) -> Signature {
    let boots = record(run).map_or(&[][..], |record| &record.boots);
    // Of a loop of resets the newest boot may only have begun.
    let furthest = boots.iter().rev().take(2).map(BootRecord::furthest).max();
    let stage = match furthest {
        Some(Furthest::Loaded) => Stage::Bootloader,
        _ => Stage::Rom,
    };
    let within = |names: &[&str]| {
        let symbol = resting_place(run).and_then(|place| place.symbol);
        symbol.is_some_and(|symbol| names.iter().any(|name| symbol.contains(name)))
    };
    match (stage, settled) {
        (Stage::Bootloader, Settled::Resets) => Signature::BootloaderLoop,
        (Stage::Bootloader, _) => Signature::BootloaderHalted,
        (_, Settled::Resets) => Signature::RomLoop,
        _ if within(&DOWNLOAD) => Signature::RomDownloadMode,
        _ if within(&BASIC) => Signature::RomBasic,
        _ => Signature::RomHalted,
    }
}

/// Where the first core was when the chip came to rest: at the newest reset, or at the end of the run.
pub fn resting_place(run: &Observation) -> Option<Place> {
    let ended_by_reset = matches!(
        run.ended,
        Ended::Settled(Settled::Resets) | Ended::AppEnded(AppEnd::Restarts)
    );
    let at_reset = || {
        let mut boots = record(run)?.boots.iter().rev();
        boots.find_map(|boot| boot.end.as_ref()?.places.first().cloned())
    };
    match ended_by_reset {
        true => at_reset(),
        false => run.report.places.first().cloned(),
    }
}
