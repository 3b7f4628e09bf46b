//! `cloneproof boot`: one virtual chip, its console on standard output.

mod args;
mod debug;
mod stream;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloneproof::boot::{BootReport, Stop};
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::rom::Rom;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap};

pub use args::{BootArgs, Single};

use super::options::regex;
use super::output::print;
use crate::backend::{self, AnyChip, Choice};
use crate::base::error::{BackendError, Error};
use crate::base::exit::Exit;
use crate::base::files::{self, Readers};
use crate::base::seed::SEED;
use crate::input::dump;
use crate::input::symbols::Symbols;
use crate::proof::diagnose;
use args::MAX_RESETS;
use stream::Stream;

/// Cycles between two looks at the wall clock.
const SLICE_CYCLES: u64 = 20_000_000;
/// Panics that the end of a boot lists.
const MAX_PANICS: usize = 8;
/// Wall-clock limit where none is given: an encrypted boot on QEMU takes half a minute.
const DEFAULT_TIME: Duration = Duration::from_secs(120);

/// Boots a chip from files, which are never changed.
///
/// # Errors
/// Where a file is wrong, the back end is missing, or a result cannot be written.
pub fn boot(args: &BootArgs) -> Result<Exit, Error> {
    check_outputs(args)?;
    debug::check(args)?;
    let until = args.until.as_deref();
    let until = until.map(|text| regex("--until", text)).transpose()?;
    let flash = dump::flash(args.chip.chip, &args.flash, dump::READ_FLASH)?;
    let efuses = dump::efuses(args.chip.chip, &args.efuse)?;
    for warning in &efuses.warnings {
        tracing::warn!("{}: {warning}", args.efuse.display());
    }
    let symbols = symbols(args, &efuses.bank)?;
    let power_on = PowerOn {
        flash,
        efuses: efuses.bank,
        strap: Strap::FlashBoot,
        seed: SEED,
    };
    let mut watch = Stream::new(until, symbols);
    let (mut chip, ended, killed) = match args.gdb {
        Some(address) => {
            let debugged = debug::boot(args, address, power_on, &mut watch)?;
            (debugged.chip, debugged.report, debugged.killed)
        }
        None => (build(args, power_on)?, None, false),
    };
    if args.power_cut_after.is_some() && !chip.cut_power_after(args.power_cut_after) {
        return Err(Error::usage(
            "--power-cut-after works with the built-in chips only",
            "leave --backend qemu away",
        ));
    }
    let mut report = match ended {
        Some(report) => report,
        None => run(args, &mut chip, &mut watch)?,
    };
    let watch = watch.finish()?;
    watch.symbols.name_report(&mut report);
    let how = match killed {
        true => "GDB ended the run".to_owned(),
        false => ending(&report, watch.matched),
    };
    print(&format!("\ncloneproof: stopped: {how}\n"))?;
    if !watch.matched {
        explain(&chip, &watch)?;
    }
    if let Some(path) = &args.save_flash {
        files::write(path, Readers::Owner, &chip.flash()?.to_vec())?;
    }
    if let Some(path) = &args.save_efuse {
        files::write(path, Readers::Owner, &chip.efuses()?.to_file(efuses.format))?;
    }
    Ok(exit(args, &report, watch.matched))
}

/// Says where the chip is, and what panics there were.
fn explain(chip: &AnyChip, watch: &Stream) -> Result<(), Error> {
    let panics = watch.panics.panics().iter().take(MAX_PANICS);
    let panics = panics.map(diagnose::summary);
    let places = diagnose::whereabouts(&chip.core_traces(), &watch.symbols);
    let lines = places.into_iter().chain(panics);
    print(
        &lines
            .map(|line| format!("cloneproof: {line}\n"))
            .collect::<String>(),
    )
}

fn symbols(args: &BootArgs, efuses: &EfuseBank) -> Result<Symbols, Error> {
    let symbols = Symbols::load(&args.elf)?;
    // Where there is no ROM for these eFuses the chip cannot be built either, and that says more.
    Ok(match Rom::of(efuses.chip(), efuses.revision()) {
        Ok(rom) => symbols.with_rom(Arc::new(rom)),
        Err(_) => symbols,
    })
}

fn check_outputs(args: &BootArgs) -> Result<(), Error> {
    let inputs: Vec<&Path> = [&args.flash, &args.efuse]
        .into_iter()
        .chain(&args.elf)
        .map(PathBuf::as_path)
        .collect();
    let outputs = [&args.save_flash, &args.save_efuse];
    for output in outputs.into_iter().flatten() {
        files::check_output(output, args.replace.rule(), &inputs)?;
    }
    if let [Some(flash), Some(efuse)] = outputs
        && files::destination(flash) == files::destination(efuse)
    {
        return Err(Error::usage(
            "--save-flash and --save-efuse name the same file",
            "name two files",
        ));
    }
    Ok(())
}

fn build(args: &BootArgs, power_on: PowerOn) -> Result<AnyChip, Error> {
    let choice = match args.backend {
        Single::Builtin => Choice::Builtin,
        Single::Qemu => Choice::Qemu,
    };
    let backends = backend::choose(choice, &args.qemu.qemu_dir, &[power_on.efuses.chip()])?;
    let backend = &backends[0];
    Ok(match args.trace {
        Some(trace) => backend.build_traced(power_on, trace)?,
        None => backend.build(power_on)?,
    })
}

fn run(
    args: &BootArgs,
    chip: &mut AnyChip,
    watch: &mut Stream,
) -> Result<BootReport, BackendError> {
    let cycles = args.cycle_limit();
    let end = Instant::now() + args.time_limit.unwrap_or(DEFAULT_TIME);
    let mut done = 0;
    loop {
        let limits = RunLimits {
            cycles: (cycles - done).min(SLICE_CYCLES),
            wall: end.saturating_duration_since(Instant::now()),
            resets: MAX_RESETS,
        };
        let mut report = chip.run(&limits, watch)?;
        let progress = report.cycles > done;
        done = report.cycles.min(cycles);
        let ended = report.stop != Stop::CycleLimit || done >= cycles || !progress;
        if !ended && Instant::now() >= end {
            report.stop = Stop::TimeLimit;
            return Ok(report);
        }
        if ended {
            return Ok(report);
        }
    }
}

fn ending(report: &BootReport, matched: bool) -> String {
    let what = match &report.stop {
        Stop::Watch if matched => "the awaited line appeared".to_owned(),
        stop => stop.to_string(),
    };
    let resets = match report.resets.len() {
        0 => String::new(),
        1 => ", 1 reset".to_owned(),
        count => format!(", {count} resets"),
    };
    match report.cycles {
        0 => format!("{what}{resets}"),
        cycles => format!("{what} after {cycles} cycles{resets}"),
    }
}

fn exit(args: &BootArgs, report: &BootReport, matched: bool) -> Exit {
    match &report.stop {
        Stop::Gap(_) => Exit::Unexpected,
        Stop::Exited { .. } => Exit::Environment,
        _ if args.until.is_some() && !matched => Exit::Unexpected,
        _ => Exit::Success,
    }
}
