//! `cloneproof boot --gdb`: the chip under a debugger.

use std::time::{Duration, Instant};

use cloneproof::boot::{BootReport, Stop};
use cloneproof::virtual_chip::{PowerOn, RunLimits, VirtualChip};

use super::args::{BootArgs, MAX_RESETS, Single};
use super::stream::Stream;
use crate::backend::{Adapter, AnyChip, builtin};
use crate::base::error::Error;
use crate::gdb::{Address, Ended};

/// The options that a debugger does not go together with.
///
/// # Errors
/// If one of them is given.
pub fn check(args: &BootArgs) -> Result<(), Error> {
    if args.gdb.is_none() {
        return Ok(());
    }
    if args.backend != Single::Builtin {
        return Err(Error::usage(
            "--gdb needs the built-in emulator",
            "leave --backend out; QEMU has a GDB server of its own (its options -S -s)",
        ));
    }
    if args.trace.is_some() {
        return Err(Error::usage(
            "--gdb and --trace exclude each other",
            "leave one of them out",
        ));
    }
    Ok(())
}

/// What a session left.
pub struct Debugged {
    /// The chip, to be run on or saved.
    pub chip: AnyChip,
    /// The report, unless GDB detached and the chip is to run on.
    pub report: Option<BootReport>,
    /// GDB ended the run.
    pub killed: bool,
}

/// Builds the chip and waits for GDB.
///
/// # Errors
/// Where the port cannot be opened, the connection fails, or the chip cannot be built.
pub fn boot(
    args: &BootArgs,
    address: Address,
    power_on: PowerOn,
    watch: &mut Stream,
) -> Result<Debugged, Error> {
    let fail = |source| Error::Debugger { source };
    let mut chip = builtin::new(power_on)?;
    let listener = address.listen().map_err(fail)?;
    let at = listener.local_addr().map_err(fail)?;
    eprintln!("cloneproof: waiting for GDB: target remote {at}");
    let limits = RunLimits {
        // Whoever debugs takes time: only an explicit limit counts.
        cycles: args.cycles.map_or(u64::MAX, |_| args.cycle_limit()),
        wall: Duration::MAX,
        resets: MAX_RESETS,
    };
    let started = Instant::now();
    let ended = crate::gdb::serve(&listener, &mut chip, watch, &limits).map_err(fail)?;
    tracing::info!("GDB: {ended:?} after {:?}", started.elapsed());
    let stop = match &ended {
        Ended::Detached => None,
        Ended::Over(stop) => Some(stop.clone()),
        Ended::Killed => Some(Stop::Watch),
    };
    let report = stop.map(|stop| now(&mut chip, stop));
    Ok(Debugged {
        chip: Box::new(Adapter::new(builtin::NAME, chip)),
        report,
        killed: ended == Ended::Killed,
    })
}

/// The report of a chip that has stopped.
fn now(
    chip: &mut impl VirtualChip<Error = cloneproof::emu::builtin::Never>,
    stop: Stop,
) -> BootReport {
    let nothing = RunLimits {
        cycles: 0,
        wall: Duration::ZERO,
        resets: u32::MAX,
    };
    // Never fails: the error type has no value.
    let Ok(report) = chip.run(
        &nothing,
        &mut |_: &[u8]| std::ops::ControlFlow::Continue(()),
    );
    BootReport { stop, ..report }
}
