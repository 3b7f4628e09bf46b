//! A machine as a debugger sees it: memory without side effects, breakpoints, single instructions, backtraces.

use super::cpu::{CodeStore, Cpu, Stack, StackFrame};
use super::machine::Machine;
use super::soc::Soc;
use crate::boot::{CoreTrace, Place, Stop, TraceFrame};

/// Slices after which a single step of a core that does not get on is given up.
const STEP_SLICES: usize = 10_000;

impl<S: Soc> Machine<S> {
    /// Reads memory as a core sees it, without any effect on the guest: RAM, ROM, and flash as the cache would show it.
    /// Returns how many bytes could be read; registers of devices cannot.
    pub fn peek(&self, core: usize, address: u32, into: &mut [u8]) -> usize {
        let mut done = 0;
        while done < into.len() {
            let at = address.wrapping_add(done as u32);
            let count = self.soc().peek(self.memory(), core, at, &mut into[done..]);
            if count == 0 {
                break;
            }
            done += count;
        }
        done
    }

    /// The little-endian word at an address, if memory is there.
    pub fn peek_word(&self, core: usize, address: u32) -> Option<u32> {
        let mut bytes = [0; 4];
        (self.peek(core, address, &mut bytes) == bytes.len()).then(|| u32::from_le_bytes(bytes))
    }

    /// Writes RAM as a core sees it. Returns how many bytes could be written; ROM, flash and devices cannot.
    pub fn poke(&mut self, core: usize, address: u32, data: &[u8]) -> usize {
        let mut done = 0;
        while done < data.len() {
            let at = address.wrapping_add(done as u32);
            let (soc, memory) = self.soc_and_memory();
            let count = soc.poke(memory, core, at, &data[done..]);
            if count == 0 {
                break;
            }
            done += count;
        }
        self.drop_stale_code();
        done
    }

    /// The instruction at an address as text, if code can be there.
    pub fn instruction(&self, core: usize, address: u32) -> Option<String> {
        let mut bytes = [0; 4];
        let len = self.peek(core, address, &mut bytes);
        let (insn_len, text) = S::Core::disassemble(u32::from_le_bytes(bytes), address);
        (self.soc().executable(address) && len >= usize::from(insn_len)).then_some(text)
    }

    /// The frames of the code that a core runs, innermost first.
    pub fn backtrace(&self, core: usize) -> Vec<StackFrame> {
        let view = View {
            machine: self,
            core,
        };
        self.core(core).backtrace(&view)
    }

    /// Where every core is, and how it got there.
    pub fn core_traces(&self) -> Vec<CoreTrace> {
        (0..self.core_count())
            .map(|core| CoreTrace {
                core: core as u8,
                runs: self.soc().core_runs(core),
                waits: self.core(core).waiting(),
                frames: self
                    .backtrace(core)
                    .into_iter()
                    .map(|frame| TraceFrame {
                        pc: frame.pc,
                        sp: frame.sp,
                        symbol: self.soc().symbol(frame.pc),
                    })
                    .collect(),
            })
            .collect()
    }

    /// Stops every run before the instruction at `address` ([`Stop::Breakpoint`]). False if there are too many
    /// breakpoints already.
    pub fn set_breakpoint(&mut self, address: u32) -> bool {
        self.code_mut().set_breakpoint(address)
    }

    /// Takes every breakpoint away.
    pub fn clear_breakpoints(&mut self) {
        self.code_mut().clear_breakpoints();
    }

    /// Takes a breakpoint away; false if there was none.
    pub fn clear_breakpoint(&mut self, address: u32) -> bool {
        self.code_mut().clear_breakpoint(address)
    }

    /// Executes one instruction of a core, breakpoint or not; with `others` the other cores run on meanwhile. A core that
    /// does not run, or waits for longer, is where it was afterwards.
    pub fn step_core(&mut self, index: usize, others: bool) -> Option<Stop> {
        let before = self.core(index).instructions();
        let pc = self.core(index).pc();
        self.pass_breakpoint(index, pc);
        for _ in 0..STEP_SLICES {
            let stop = match others {
                true => self.run_slice(1),
                false => self.run_alone(index, 1),
            };
            if stop.is_some() || self.core(index).instructions() != before {
                return stop;
            }
        }
        None
    }

    /// Runs one slice of one core, at most `limit` cycles, while the others stand still; nothing if it is held.
    pub fn run_alone(&mut self, index: usize, limit: u64) -> Option<Stop> {
        if self.soc().core_runs(index) {
            self.run_core(index, limit)
        } else {
            None
        }
    }

    /// Changes a core's registers; a changed LEND ends loops from now on.
    pub fn edit_core(&mut self, index: usize, edit: impl FnOnce(&mut S::Core, u64)) {
        let loop_end = self.core(index).loop_end();
        let cycles = self.core_cycles(index);
        edit(self.core_mut(index), cycles);
        let now = self.core(index).loop_end();
        if let Some(now) = now.filter(|_| now != loop_end) {
            self.mark_loop_end(index, now);
        }
    }

    /// The place of an instruction.
    pub(super) fn place_at(&self, core: usize, pc: u32) -> Place {
        Place {
            core: core as u8,
            pc,
            symbol: self.soc().symbol(pc),
        }
    }
}

/// Memory as one core's stack walk sees it.
struct View<'a, S: Soc> {
    machine: &'a Machine<S>,
    core: usize,
}

impl<S: Soc> Stack for View<'_, S> {
    fn word(&self, address: u32) -> Option<u32> {
        self.machine.peek_word(self.core, address)
    }

    fn code(&self, address: u32) -> Option<u32> {
        let mut bytes = [0; 4];
        let len = self.machine.peek(self.core, address, &mut bytes);
        (self.machine.soc().executable(address) && len >= 2).then(|| u32::from_le_bytes(bytes))
    }
}
