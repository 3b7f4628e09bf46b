//! Cores and system on chip: scheduling, resets, snapshots.

use super::Ticks;
use super::bus::{At, Bus};
use super::cpu::{CodeStore, Cpu, Exit};
use super::memory::{Memory, MemorySnapshot};
use super::periph::{ResetRequest, ResetScope};
use super::recorder::Recorder;
use super::soc::Soc;
use crate::boot::{Activity, ExecutionRecord, Gap, GapKind, Place, Stop};

/// Cycles that one core runs ahead of the other at most.
const QUANTUM: u64 = 500;
/// Cycles that a core runs at a stretch while the other is off.
const SOLO_QUANTUM: u64 = 50_000;

/// A running chip.
#[derive(Debug)]
pub struct Machine<S: Soc> {
    cores: Vec<CoreState<S::Core>>,
    code: <S::Core as Cpu>::Code,
    bus: Bus<S>,
    /// Cycles since power-on, of the core that is furthest.
    cycles: u64,
}

#[derive(Debug, Clone)]
struct CoreState<C> {
    core: C,
    /// Time that the core has reached.
    time: Ticks,
    /// Cycles that the core's counter has seen.
    cycles: u64,
    /// The breakpoint that this core stopped at last: it goes on from there.
    pass: Option<u32>,
}

/// A machine at one moment. Memory that did not change is shared between snapshots.
#[derive(Debug, Clone)]
pub struct Snapshot<S: Soc> {
    cores: Vec<CoreState<S::Core>>,
    memory: MemorySnapshot,
    soc: S,
    recorder: Recorder,
    cycles: u64,
}

impl<S: Soc + Clone> Machine<S> {
    /// A machine that has just been powered on.
    pub fn new(bus: Bus<S>, cores: Vec<S::Core>) -> Self {
        let cores = cores
            .into_iter()
            .map(|core| CoreState {
                core,
                time: 0,
                cycles: 0,
                pass: None,
            })
            .collect();
        Machine {
            cores,
            code: <S::Core as Cpu>::Code::default(),
            bus,
            cycles: 0,
        }
    }

    /// Saves the whole state.
    pub fn snapshot(&mut self) -> Snapshot<S> {
        self.bus.watch_writes(None);
        Snapshot {
            cores: self.cores.clone(),
            memory: self.bus.memory.snapshot(),
            soc: self.bus.soc.clone(),
            recorder: self.bus.recorder.clone(),
            cycles: self.cycles,
        }
    }

    /// Puts a saved state of this machine, or of one built alike, back.
    pub fn restore(&mut self, snapshot: &Snapshot<S>) {
        self.cores.clone_from(&snapshot.cores);
        self.bus.memory.restore(&snapshot.memory);
        self.code.invalidate(&self.bus.memory.take_stale_code());
        self.bus.soc = snapshot.soc.clone();
        self.bus.recorder.clone_from(&snapshot.recorder);
        self.bus.recorder.renew_points();
        self.bus.unmap_all();
        self.cycles = snapshot.cycles;
    }
}

impl<S: Soc> Machine<S> {
    /// The system on chip.
    pub fn soc(&self) -> &S {
        &self.bus.soc
    }

    /// The system on chip, for changes from outside.
    pub fn soc_mut(&mut self) -> &mut S {
        &mut self.bus.soc
    }

    /// A core.
    pub fn core(&self, index: usize) -> &S::Core {
        &self.cores[index].core
    }

    /// Number of cores.
    pub fn core_count(&self) -> usize {
        self.cores.len()
    }

    /// Cycles that a core's counter has seen since power-on.
    pub fn core_cycles(&self, index: usize) -> u64 {
        self.cores[index].cycles
    }

    pub(super) fn core_mut(&mut self, index: usize) -> &mut S::Core {
        &mut self.cores[index].core
    }

    pub(super) fn memory(&self) -> &Memory {
        &self.bus.memory
    }

    pub(super) fn soc_and_memory(&mut self) -> (&mut S, &mut Memory) {
        (&mut self.bus.soc, &mut self.bus.memory)
    }

    pub(super) fn code_mut(&mut self) -> &mut <S::Core as Cpu>::Code {
        &mut self.code
    }

    pub(super) fn drop_stale_code(&mut self) {
        self.code.invalidate(&self.bus.take_stale_code());
    }

    pub(super) fn pass_breakpoint(&mut self, index: usize, pc: u32) {
        self.cores[index].pass = Some(pc);
    }

    /// Makes sure that a core whose LEND is `address` looks at its loop registers there.
    pub(super) fn mark_loop_end(&mut self, index: usize, address: u32) {
        self.bus.select(index);
        let at = At {
            core: index as u8,
            pc: address,
            remaining: 0,
        };
        if let Ok(frame) = self.bus.fetch(address, at) {
            self.code.mark_loop_end(frame, address);
        }
    }

    /// Runs one core alone, at most `limit` cycles; the others stand still meanwhile, as if they were stalled.
    pub(super) fn run_core(&mut self, index: usize, limit: u64) -> Option<Stop> {
        let time = self.cores[index].time;
        let event = self.bus.soc.next_event();
        let stop = if event.is_some_and(|event| event <= time) {
            self.bus.soc.advance(time);
            self.after_devices(time)
        } else if self.cores[index].core.waiting() && !self.cores[index].core.interrupt_pending() {
            self.sleep(index, event, limit)
        } else {
            self.execute(index, event, limit)
        };
        let now = self.cores[index].time;
        for other in &mut self.cores {
            other.time = other.time.max(now);
        }
        stop
    }

    /// CPU cycles since power-on.
    pub fn cycles(&self) -> u64 {
        self.cycles
    }

    /// Instructions executed since power-on, all cores.
    pub fn instructions(&self) -> u64 {
        self.cores
            .iter()
            .map(|state| state.core.instructions())
            .sum()
    }

    /// Time since power-on.
    pub fn now(&self) -> Ticks {
        self.cores.iter().map(|state| state.time).max().unwrap_or(0)
    }

    /// Where a core is.
    pub fn place(&self, index: usize) -> Place {
        self.place_at(index, self.cores[index].core.pc())
    }

    /// Where each core is, core 0 first; without those that do not run.
    pub fn places(&self) -> Vec<Place> {
        (0..self.cores.len())
            .filter(|&index| self.bus.soc.core_runs(index))
            .map(|index| self.place(index))
            .collect()
    }

    /// What was executed since power-on.
    pub fn record(&self) -> &ExecutionRecord {
        self.bus.recorder.record()
    }

    /// What the cores do now.
    pub fn activity(&self) -> Activity {
        let mut running = (0..self.cores.len()).filter(|&index| self.bus.soc.core_runs(index));
        Activity {
            pages: self.bus.recorder.window_pages(),
            masked: running.all(|index| self.cores[index].core.interrupts_masked()),
            in_fault: self.in_fault(),
            at_us: self.now() / super::TICKS_PER_US,
            outputs: self.bus.soc.outputs(),
        }
    }

    fn in_fault(&self) -> bool {
        let mut running = (0..self.cores.len()).filter(|&index| self.bus.soc.core_runs(index));
        running.any(|index| self.cores[index].core.in_fault())
    }

    /// Begins a new window of [`Activity::pages`].
    pub fn begin_window(&mut self) {
        self.bus.recorder.begin_window();
    }

    /// Waits for code at these addresses, each with a name for the record.
    pub fn watch_symbols(&mut self, symbols: &[(String, u32)]) {
        self.bus.recorder.watch_symbols(symbols);
    }

    /// Runs one slice: the core that is behind, up to the next event. At most `limit` cycles.
    pub fn run_slice(&mut self, limit: u64) -> Option<Stop> {
        self.start_cores();
        let Some(index) = self.next_core() else {
            return self.idle(limit);
        };
        let time = self.cores[index].time;
        let event = self.bus.soc.next_event();
        if event.is_some_and(|event| event <= time) {
            self.bus.soc.advance(time);
            return self.after_devices(time);
        }
        if self.cores[index].core.waiting() && !self.cores[index].core.interrupt_pending() {
            return self.sleep(index, event, limit);
        }
        self.execute(index, event, limit)
    }

    fn start_cores(&mut self) {
        let now = self.now();
        for (index, state) in self.cores.iter_mut().enumerate() {
            if index == 1 && std::mem::take(&mut self.bus.soc.board_mut().pending.app_core_start) {
                state.core.reset(state.cycles);
                state.time = now;
            }
        }
    }

    /// The running core that is furthest behind.
    fn next_core(&self) -> Option<usize> {
        let running = (0..self.cores.len()).filter(|&index| self.bus.soc.core_runs(index));
        running.min_by_key(|&index| self.cores[index].time)
    }

    /// No core runs: only devices can go on.
    fn idle(&mut self, limit: u64) -> Option<Stop> {
        let Some(event) = self.bus.soc.next_event() else {
            return Some(Stop::Dead {
                place: self.place(0),
            });
        };
        let now = event.max(self.now());
        let end = self.after(self.now(), limit);
        if end < now {
            self.set_time(0, end);
            return None;
        }
        self.set_time(0, now);
        self.bus.soc.advance(now);
        self.after_devices(now)
    }

    fn set_time(&mut self, index: usize, time: Ticks) {
        let per_cycle = self.bus.soc.board().ticks_per_cycle;
        let state = &mut self.cores[index];
        let cycles = time.saturating_sub(state.time).div_ceil(per_cycle);
        state.time += cycles * per_cycle;
        state.cycles += cycles;
        self.cycles = self.cycles.max(state.cycles);
    }

    /// The time `cycles` after `time`.
    fn after(&self, time: Ticks, cycles: u64) -> Ticks {
        time.saturating_add(cycles.saturating_mul(self.bus.soc.board().ticks_per_cycle))
    }

    /// A core waits for an interrupt: its time goes on to whatever can wake it, at most `limit` cycles.
    fn sleep(&mut self, index: usize, event: Option<Ticks>, limit: u64) -> Option<Stop> {
        let per_cycle = self.bus.soc.board().ticks_per_cycle;
        let state = &self.cores[index];
        let timer = state
            .core
            .wakes_by_timer()
            .then(|| state.core.cycles_to_timer(state.cycles));
        let timer_at = timer.map(|cycles| state.time + cycles * per_cycle);
        // Another core that works can wake this one at any time; one that waits too is waited for only if it is behind.
        let other = (0..self.cores.len())
            .find(|&other| other != index && self.bus.soc.core_runs(other))
            .and_then(|other| self.other_limit(other, per_cycle));
        let Some(until) = [other, event, timer_at].into_iter().flatten().min() else {
            return Some(Stop::Dead {
                place: self.place(index),
            });
        };
        let before = self.cores[index].cycles;
        let until = until.min(self.after(self.cores[index].time, limit));
        self.set_time(index, until);
        let state = &mut self.cores[index];
        state.core.fire_timers(before, state.cycles);
        None
    }

    /// How far a waiting core's time may go on because of another core.
    fn other_limit(&self, other: usize, per_cycle: u64) -> Option<Ticks> {
        let state = &self.cores[other];
        if !state.core.waiting() || state.core.interrupt_pending() {
            return Some(state.time + QUANTUM * per_cycle);
        }
        let timer = state
            .core
            .wakes_by_timer()
            .then(|| state.core.cycles_to_timer(state.cycles));
        timer.map(|cycles| state.time + cycles * per_cycle)
    }

    fn execute(&mut self, index: usize, event: Option<Ticks>, limit: u64) -> Option<Stop> {
        let per_cycle = self.bus.soc.board().ticks_per_cycle;
        let quantum = match (0..self.cores.len())
            .find(|&other| other != index && self.bus.soc.core_runs(other))
        {
            Some(other) => {
                let ahead = self.cores[other]
                    .time
                    .saturating_sub(self.cores[index].time)
                    / per_cycle;
                ahead + QUANTUM
            }
            None => SOLO_QUANTUM,
        };
        let state = &mut self.cores[index];
        let to_event = event.map_or(u64::MAX, |event| (event - state.time).div_ceil(per_cycle));
        let to_timer = state.core.cycles_to_timer(state.cycles);
        let budget = quantum
            .min(to_event)
            .min(to_timer)
            .min(limit)
            .clamp(1, u64::from(u32::MAX)) as u32;

        self.bus.select(index);
        self.bus.soc.board_mut().slice_end = state.time + u64::from(budget) * per_cycle;
        self.code.pass(state.pass.take());
        if let Some(points) = self.bus.recorder.changed_points() {
            self.code.observe(points);
        }
        let (exit, used) = state
            .core
            .run(&mut self.code, &mut self.bus, state.cycles, budget);
        state.cycles += u64::from(used);
        state.time += u64::from(used) * per_cycle;
        state
            .core
            .fire_timers(state.cycles - u64::from(used), state.cycles);
        self.cycles = self.cycles.max(state.cycles);
        for fault in state.core.take_faults() {
            self.bus.recorder.fault(fault);
        }
        match exit {
            Exit::Budget | Exit::Waiting => self.bus.soc.board_mut().pending.stop.take(),
            Exit::Attention => {
                let now = state.time;
                self.after_devices(now)
            }
            Exit::Breakpoint => {
                state.pass = Some(state.core.pc());
                Some(Stop::Breakpoint {
                    place: self.place(index),
                })
            }
            Exit::Unknown(word) => {
                // A gap before it can have led here.
                if let Some(stop) = self.bus.soc.board_mut().pending.stop.take() {
                    return Some(stop);
                }
                let place = self.place(index);
                let (_, text) = <S::Core as Cpu>::disassemble(word, place.pc);
                // What the disassembler does not know either is written as bytes.
                let known = !text.starts_with('.');
                Some(Stop::Gap(Gap {
                    kind: GapKind::Instruction { word },
                    place,
                    device: if known { text } else { "cpu".to_owned() },
                }))
            }
        }
    }

    /// Carries out what devices asked for.
    fn after_devices(&mut self, now: Ticks) -> Option<Stop> {
        if let Some(stop) = self.bus.soc.board_mut().pending.stop.take() {
            return Some(stop);
        }
        if let Some(request) = self.bus.soc.board_mut().pending.reset.take() {
            self.reset(request, now);
        }
        self.bus.remap();
        if std::mem::take(&mut self.bus.soc.board_mut().pending.interrupts) {
            let lines = self.bus.soc.interrupt_lines();
            for (state, lines) in self.cores.iter_mut().zip(lines) {
                state.core.set_interrupt_lines(lines);
            }
        }
        None
    }

    /// The chip, or its first core, starts anew: that is a boot of its own.
    fn record_boot(&mut self, places: Vec<Place>, in_fault: bool) {
        let board = self.bus.soc.board();
        if let Some(reset) = board.resets().last().cloned() {
            let console = board.console().len();
            let outputs = self.bus.soc.outputs();
            self.bus
                .recorder
                .reset(reset, places, in_fault, outputs, console, self.cycles);
        }
    }

    fn reset(&mut self, request: ResetRequest, now: Ticks) {
        for (index, state) in self.cores.iter().enumerate() {
            let covered = match request.scope {
                ResetScope::Core(core) => usize::from(core) == index,
                ResetScope::Digital | ResetScope::System => true,
            };
            if covered {
                let core = &state.core;
                self.bus.soc.record_place(index, core.pc(), core.sp());
            }
        }
        let boots = matches!(
            request.scope,
            ResetScope::Core(0) | ResetScope::Digital | ResetScope::System
        );
        let places = if boots { self.places() } else { Vec::new() };
        let in_fault = self.in_fault();
        self.bus.soc.reset(request, now);
        if boots {
            self.record_boot(places, in_fault);
        }
        match request.scope {
            ResetScope::Core(core) => {
                if let Some(state) = self.cores.get_mut(core as usize) {
                    state.core.reset(state.cycles);
                }
            }
            ResetScope::Digital | ResetScope::System => {
                for state in &mut self.cores {
                    state.core.reset(state.cycles);
                    state.time = state.time.max(now);
                }
                self.bus.unmap_all();
            }
        }
    }
}
