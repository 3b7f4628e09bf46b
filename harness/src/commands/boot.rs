//! `cloneproof boot`: one virtual chip, its console on standard output.

mod debug;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloneproof::boot::{BootReport, PanicScanner, Stop};
use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseBank;
use cloneproof::emu::rom::Rom;
use cloneproof::flash::FlashImage;
use cloneproof::virtual_chip::{PowerOn, RunLimits, Strap, Watch};
use regex::Regex;

use super::{print, print_bytes};
use crate::backend::{self, AnyChip, Budget, Choice};
use crate::base::error::BackendError;
use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files::{self, Readers};
use crate::base::seed::SEED;
use crate::cli::{BootArgs, Single};
use crate::input::dump;
use crate::input::symbols::Symbols;
use crate::proof::diagnose;

/// Cycles between two looks at the wall clock.
const SLICE_CYCLES: u64 = 20_000_000;
/// A chip that resets more often than this is in a loop.
const MAX_RESETS: u32 = 1000;
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
    let until = until(args)?;
    let flash = dump::flash(args.chip, &args.flash, dump::READ_FLASH)?;
    let efuses = dump::efuses(args.chip, &args.efuse)?;
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

fn until(args: &BootArgs) -> Result<Option<Regex>, Error> {
    let compile = |text: &String| {
        Regex::new(text).map_err(|error| {
            Error::usage(
                format!("--until is no regular expression: {error}"),
                "the syntax is that of the Rust crate regex",
            )
        })
    };
    args.until.as_ref().map(compile).transpose()
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
    let cycles = cycle_limit(args);
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

fn cycle_limit(args: &BootArgs) -> u64 {
    match (args.cycles, args.time_limit) {
        (Some(cycles), _) => cycles,
        (None, Some(_)) => u64::MAX,
        (None, None) => Budget::default().cycles,
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

/// Hands the console on as it appears, looks for a line, and names the functions of panics.
struct Stream {
    until: Option<Regex>,
    line: Vec<u8>,
    matched: bool,
    failed: Option<Error>,
    panics: PanicScanner,
    /// Panics that were decoded already.
    told: usize,
    symbols: Symbols,
}

/// Longest line that is looked at.
const MAX_LINE: usize = 4096;

impl Stream {
    fn new(until: Option<Regex>, symbols: Symbols) -> Stream {
        Stream {
            until,
            line: Vec::new(),
            matched: false,
            failed: None,
            panics: PanicScanner::new(),
            told: 0,
            symbols,
        }
    }

    /// The console has ended.
    fn finish(mut self) -> Result<Stream, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.panics.finish();
        self.tell_panics(true)?;
        Ok(self)
    }

    /// With an ELF given, panics are decoded as soon as their dumps are complete.
    fn tell_panics(&mut self, at_line_start: bool) -> Result<(), Error> {
        let new = &self.panics.panics()[self.told..];
        if new.is_empty() || !self.symbols.has_elf() {
            return Ok(());
        }
        let mut text = String::from(if at_line_start { "" } else { "\n" });
        for line in new
            .iter()
            .flat_map(|panic| diagnose::panic(panic, &self.symbols))
        {
            text += &format!("cloneproof: {line}\n");
        }
        self.told += new.len();
        print(&text)
    }

    fn look(&mut self, new: &[u8]) {
        let Some(until) = &self.until else {
            return;
        };
        for &byte in new {
            if byte == b'\n' {
                let line = String::from_utf8_lossy(&self.line);
                self.matched |= until.is_match(line.trim_end());
                self.line.clear();
            } else if self.line.len() < MAX_LINE {
                self.line.push(byte);
            }
        }
    }
}

impl Watch for Stream {
    fn console(&mut self, new: &[u8]) -> ControlFlow<()> {
        self.panics.feed(new);
        let told = print_bytes(new).and_then(|()| self.tell_panics(new.ends_with(b"\n")));
        self.failed = told.err();
        self.look(new);
        if self.matched || self.failed.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
