//! A built-in chip as GDB's target: two cores as threads, memory, breakpoints, steps.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use cloneproof::boot::Stop;
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::virtual_chip::{RunLimits, VirtualChip, Watch};
use gdbstub::common::{Signal, Tid};
use gdbstub::stub::MultiThreadStopReason;
use gdbstub::target::ext::base::BaseOps;
use gdbstub::target::ext::base::multithread::{
    MultiThreadBase, MultiThreadResume, MultiThreadResumeOps, MultiThreadSchedulerLocking,
    MultiThreadSchedulerLockingOps, MultiThreadSingleStep, MultiThreadSingleStepOps,
};
use gdbstub::target::ext::base::single_register_access::{
    SingleRegisterAccess, SingleRegisterAccessOps,
};
use gdbstub::target::ext::breakpoints::{
    Breakpoints, BreakpointsOps, HwBreakpoint, HwBreakpointOps, SwBreakpoint, SwBreakpointOps,
};
use gdbstub::target::ext::thread_extra_info::{ThreadExtraInfo, ThreadExtraInfoOps};
use gdbstub::target::{Target, TargetError, TargetResult};

use super::arch::{Lx6, ProgramRegisters, Register};

/// Cores of the chip.
const CORES: usize = 2;
/// Slices of a core that runs alone between two looks at the connection: a held core uses no time.
const MAX_SLICES: usize = 100_000;
/// EFAULT of the remote protocol: nothing is at that address.
const BAD_ADDRESS: u8 = 14;

/// What a core does when the chip goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// It stays where it is.
    Stay,
    /// It runs.
    Run,
    /// It executes one instruction.
    Step,
}

/// The chip that is debugged.
pub struct Debugged<'a> {
    chip: &'a mut BuiltinChip,
    watch: &'a mut dyn Watch,
    /// What GDB said of a core; of the others `locked` decides.
    actions: [Option<Action>; CORES],
    /// Cores of which GDB said nothing stay (scheduler locking).
    locked: bool,
    /// Cycles since power-on at which the run ends.
    end: u64,
    resets: u32,
    /// Why the run is over, if it is.
    over: Option<Stop>,
}

/// The debugger never fails on the host's side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Never {}

/// What a stretch of running ended with.
pub type Stopped = MultiThreadStopReason<u32>;

/// GDB counts threads from 1.
fn core_of(tid: Tid) -> usize {
    (tid.get() - 1) % CORES
}

/// The thread of a core.
pub fn thread(core: usize) -> Tid {
    NonZeroUsize::MIN.saturating_add(core)
}

impl<'a> Debugged<'a> {
    /// A chip that runs, from now on, within limits.
    pub fn new(
        chip: &'a mut BuiltinChip,
        watch: &'a mut dyn Watch,
        limits: &RunLimits,
    ) -> Debugged<'a> {
        let end = chip.cycles().saturating_add(limits.cycles);
        Debugged {
            chip,
            watch,
            actions: [None; CORES],
            locked: false,
            end,
            resets: limits.resets,
            over: None,
        }
    }

    /// Why the run is over, if it is.
    pub fn over(&self) -> Option<&Stop> {
        self.over.as_ref()
    }

    /// Goes on as GDB asked for, for at most `cycles`. Returns why it stopped, if it did.
    pub fn go_on(&mut self, cycles: u64) -> Option<Stopped> {
        if self.over.is_some() {
            return Some(Stopped::Exited(0));
        }
        let all = [0, 1].map(|core| self.action(core));
        let which = |wanted| all.iter().position(|&action| action == wanted);
        match (which(Action::Step), which(Action::Run), which(Action::Stay)) {
            (Some(core), ..) => Some(self.step(core)),
            (None, Some(core), Some(_)) => self.run_alone(core, cycles),
            _ => self.run(cycles),
        }
    }

    fn action(&self, core: usize) -> Action {
        self.actions[core].unwrap_or(match self.locked {
            true => Action::Stay,
            false => Action::Run,
        })
    }

    fn step(&mut self, core: usize) -> Stopped {
        let others = self.action(1 - core) != Action::Stay;
        let stop = self.chip.step_core(core, others);
        let seen = self.chip.show(self.watch);
        match stop {
            Some(stop) => self.stopped(stop),
            None if seen == ControlFlow::Break(()) => self.stopped(Stop::Watch),
            None => Stopped::SignalWithThread {
                tid: thread(core),
                signal: Signal::SIGTRAP,
            },
        }
    }

    fn run(&mut self, cycles: u64) -> Option<Stopped> {
        let left = self.end.saturating_sub(self.chip.cycles());
        let limits = RunLimits {
            cycles: left.min(cycles),
            wall: std::time::Duration::MAX,
            resets: self.resets,
        };
        // Never fails: the error type has no value.
        let Ok(report) = self.chip.run(&limits, self.watch);
        match report.stop {
            Stop::CycleLimit if left > cycles => None,
            stop => Some(self.stopped(stop)),
        }
    }

    /// One core runs, the other stays.
    fn run_alone(&mut self, core: usize, cycles: u64) -> Option<Stopped> {
        let until = self.chip.cycles().saturating_add(cycles);
        for _ in 0..MAX_SLICES {
            let stop = self.chip.run_alone(core, cycles);
            let seen = self.chip.show(self.watch);
            let now = self.chip.cycles();
            match stop {
                Some(stop) => return Some(self.stopped(stop)),
                None if seen == ControlFlow::Break(()) => return Some(self.stopped(Stop::Watch)),
                None if now >= self.end => return Some(self.stopped(Stop::CycleLimit)),
                None if now >= until => break,
                None => {}
            }
        }
        None
    }

    fn stopped(&mut self, stop: Stop) -> Stopped {
        let at = |core: u8, signal| Stopped::SignalWithThread {
            tid: thread(usize::from(core)),
            signal,
        };
        match &stop {
            Stop::Breakpoint { place } => Stopped::SwBreak(thread(usize::from(place.core))),
            // The chip can be looked at where it is, and not go on.
            Stop::Gap(gap) => at(gap.place.core, Signal::SIGILL),
            Stop::Dead { place } => at(place.core, Signal::SIGABRT),
            _ => {
                self.over = Some(stop);
                Stopped::Exited(0)
            }
        }
    }
}

impl Target for Debugged<'_> {
    type Arch = Lx6;
    type Error = Never;

    fn base_ops(&mut self) -> BaseOps<'_, Lx6, Never> {
        BaseOps::MultiThread(self)
    }

    fn support_breakpoints(&mut self) -> Option<BreakpointsOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadBase for Debugged<'_> {
    fn read_registers(&mut self, regs: &mut ProgramRegisters, tid: Tid) -> TargetResult<(), Self> {
        let index = core_of(tid);
        let core = self.chip.xtensa_core(index).ok_or(TargetError::NonFatal)?;
        *regs = ProgramRegisters::of(core, self.chip.core_cycles(index));
        Ok(())
    }

    fn write_registers(&mut self, regs: &ProgramRegisters, tid: Tid) -> TargetResult<(), Self> {
        self.chip
            .edit_xtensa_core(core_of(tid), |core, cycles| regs.write_to(core, cycles));
        Ok(())
    }

    fn support_single_register_access(&mut self) -> Option<SingleRegisterAccessOps<'_, Tid, Self>> {
        Some(self)
    }

    fn read_addrs(&mut self, start: u32, data: &mut [u8], tid: Tid) -> TargetResult<usize, Self> {
        match self.chip.peek(core_of(tid), start, data) {
            0 if !data.is_empty() => Err(TargetError::Errno(BAD_ADDRESS)),
            count => Ok(count),
        }
    }

    fn write_addrs(&mut self, start: u32, data: &[u8], tid: Tid) -> TargetResult<(), Self> {
        let count = self.chip.poke(core_of(tid), start, data);
        if count < data.len() {
            return Err(TargetError::Errno(BAD_ADDRESS));
        }
        Ok(())
    }

    fn list_active_threads(&mut self, is_active: &mut dyn FnMut(Tid)) -> Result<(), Never> {
        (0..CORES).for_each(|core| is_active(thread(core)));
        Ok(())
    }

    fn support_resume(&mut self) -> Option<MultiThreadResumeOps<'_, Self>> {
        Some(self)
    }

    fn support_thread_extra_info(&mut self) -> Option<ThreadExtraInfoOps<'_, Self>> {
        Some(self)
    }
}

impl SingleRegisterAccess<Tid> for Debugged<'_> {
    fn read_register(
        &mut self,
        tid: Tid,
        register: Register,
        buf: &mut [u8],
    ) -> TargetResult<usize, Self> {
        let index = core_of(tid);
        let core = self.chip.xtensa_core(index).ok_or(TargetError::NonFatal)?;
        let value = register.read(core, self.chip.core_cycles(index));
        let bytes = value.to_le_bytes();
        buf.get_mut(..bytes.len())
            .ok_or(TargetError::NonFatal)?
            .copy_from_slice(&bytes);
        Ok(bytes.len())
    }

    fn write_register(
        &mut self,
        tid: Tid,
        register: Register,
        value: &[u8],
    ) -> TargetResult<(), Self> {
        let bytes = value.try_into().map_err(|_| TargetError::NonFatal)?;
        let value = u32::from_le_bytes(bytes);
        self.chip.edit_xtensa_core(core_of(tid), |core, cycles| {
            register.write(core, cycles, value);
        });
        Ok(())
    }
}

impl MultiThreadResume for Debugged<'_> {
    fn resume(&mut self) -> Result<(), Never> {
        Ok(())
    }

    fn clear_resume_actions(&mut self) -> Result<(), Never> {
        self.actions = [None; CORES];
        self.locked = false;
        Ok(())
    }

    fn set_resume_action_continue(&mut self, tid: Tid, _: Option<Signal>) -> Result<(), Never> {
        self.actions[core_of(tid)] = Some(Action::Run);
        Ok(())
    }

    fn support_single_step(&mut self) -> Option<MultiThreadSingleStepOps<'_, Self>> {
        Some(self)
    }

    fn support_scheduler_locking(&mut self) -> Option<MultiThreadSchedulerLockingOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadSchedulerLocking for Debugged<'_> {
    fn set_resume_action_scheduler_lock(&mut self) -> Result<(), Never> {
        self.locked = true;
        Ok(())
    }
}

impl MultiThreadSingleStep for Debugged<'_> {
    fn set_resume_action_step(&mut self, tid: Tid, _: Option<Signal>) -> Result<(), Never> {
        self.actions[core_of(tid)] = Some(Action::Step);
        Ok(())
    }
}

impl ThreadExtraInfo for Debugged<'_> {
    fn thread_extra_info(&self, tid: Tid, buf: &mut [u8]) -> Result<usize, Never> {
        let core = core_of(tid);
        let traces = self.chip.core_traces();
        let activity = traces.get(core).map_or("", |trace| trace.activity());
        let name = if core == 0 { "PRO" } else { "APP" };
        let text = format!("{name} CPU {activity}");
        let count = text.len().min(buf.len());
        buf[..count].copy_from_slice(&text.as_bytes()[..count]);
        Ok(count)
    }
}

impl Breakpoints for Debugged<'_> {
    fn support_sw_breakpoint(&mut self) -> Option<SwBreakpointOps<'_, Self>> {
        Some(self)
    }

    fn support_hw_breakpoint(&mut self) -> Option<HwBreakpointOps<'_, Self>> {
        Some(self)
    }
}

/// Breakpoints live in the emulator: code stays as it is, also in ROM and flash.
impl SwBreakpoint for Debugged<'_> {
    fn add_sw_breakpoint(&mut self, address: u32, _: usize) -> TargetResult<bool, Self> {
        Ok(self.chip.set_breakpoint(address))
    }

    fn remove_sw_breakpoint(&mut self, address: u32, _: usize) -> TargetResult<bool, Self> {
        Ok(self.chip.clear_breakpoint(address))
    }
}

impl HwBreakpoint for Debugged<'_> {
    fn add_hw_breakpoint(&mut self, address: u32, kind: usize) -> TargetResult<bool, Self> {
        self.add_sw_breakpoint(address, kind)
    }

    fn remove_hw_breakpoint(&mut self, address: u32, kind: usize) -> TargetResult<bool, Self> {
        self.remove_sw_breakpoint(address, kind)
    }
}
