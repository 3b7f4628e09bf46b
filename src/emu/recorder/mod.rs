//! Keeps the record of what a chip executes, at the price of one look-up for every page of code that is entered.
//!
//! Pages of code are noted once, when the cores' run loops enter them; single addresses (an app's entry, a symbol that
//! somebody asked for) take the path of breakpoints. Nothing here has an effect on the guest.

mod apps;
mod frames;

use self::apps::Candidate;
pub(crate) use self::frames::FrameSet;
use super::bus::{At, System};
use super::memory::{Frame, Memory};
use super::{TICKS_PER_US, Ticks};
use crate::boot::{
    AppImageRun, AppRun, BootEnd, BootRecord, ExecutionRecord, Fault, FaultLog, FlashView, Loaded,
    MAX_RECORDED_BOOTS, MAX_RECORDED_FAULTS, Moment, Outputs, Place, Reached, ResetRecord,
};

/// Most symbols that can be waited for.
const MAX_SYMBOLS: usize = 16;

/// What memory an address belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The mask ROM.
    Rom,
    /// RAM.
    Ram,
    /// RAM that outlives a deep sleep, where a wake stub can lie.
    Rtc,
    /// Flash at this offset in bytes, through a cache.
    Flash(u32),
    /// Anything else.
    Other,
}

/// Who executes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Now {
    Rom,
    Loaded,
    App,
}

/// The record of a chip, and what it takes to keep it.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    /// The pages that the run loops need not tell of again.
    seen: FrameSet,
    /// The pages that ran since the boot or the app began.
    counted: FrameSet,
    /// Pages since the last window was begun.
    window: u32,
    record: ExecutionRecord,
    now: Now,
    candidates: Vec<Candidate>,
    symbols: Vec<(String, u32)>,
    points: Vec<u32>,
    points_changed: bool,
    /// The boot has just begun: the bootloader's entry is not known yet.
    awaits_bootloader: bool,
}

impl Default for Recorder {
    fn default() -> Self {
        let mut recorder = Recorder {
            seen: FrameSet::default(),
            counted: FrameSet::default(),
            window: 0,
            record: ExecutionRecord::default(),
            now: Now::Rom,
            candidates: Vec::new(),
            symbols: Vec::new(),
            points: Vec::new(),
            points_changed: false,
            awaits_bootloader: true,
        };
        recorder.begin(None, 0, 0);
        recorder
    }
}

impl Recorder {
    /// Whether a page of code need not be noted.
    #[inline(always)]
    pub fn saw(&self, frame: Frame) -> bool {
        self.seen.contains(frame)
    }

    /// The record so far.
    pub fn record(&self) -> &ExecutionRecord {
        &self.record
    }

    /// Begins a new window of [`Recorder::window_pages`].
    pub fn begin_window(&mut self) {
        self.window = 0;
        self.seen.clear();
    }

    /// Distinct pages of code since the window began.
    pub fn window_pages(&self) -> u32 {
        self.window
    }

    /// Waits for code at these addresses, each with a name for the record.
    pub fn watch_symbols(&mut self, symbols: &[(String, u32)]) {
        self.symbols = symbols.iter().take(MAX_SYMBOLS).cloned().collect();
        self.set_points();
    }

    /// The addresses that the run loops must tell of, if they changed since the last call.
    pub fn changed_points(&mut self) -> Option<&[u32]> {
        std::mem::take(&mut self.points_changed).then_some(&self.points[..])
    }

    /// The decoded code is another one now: it must be told of all addresses again.
    pub fn renew_points(&mut self) {
        self.points_changed = true;
    }

    fn set_points(&mut self) {
        let entries = self.candidates.iter().map(Candidate::entry);
        let symbols = self.symbols.iter().map(|&(_, address)| address);
        self.points = entries.chain(symbols).collect();
        self.points.sort_unstable();
        self.points.dedup();
        self.points_changed = true;
    }

    /// The bytes of these frames changed: what runs there is news again.
    pub fn forget(&mut self, frames: &[Frame]) {
        for &frame in frames {
            self.seen.remove(frame);
            self.counted.remove(frame);
        }
    }

    fn begin(&mut self, reset: Option<ResetRecord>, console: usize, cycle: u64) {
        self.now = Now::Rom;
        self.awaits_bootloader = true;
        self.seen.clear();
        self.counted.clear();
        if !self.candidates.is_empty() {
            self.candidates.clear();
            self.set_points();
        }
        let boots = &mut self.record.boots;
        let number = boots.last().map_or(0, |boot| boot.number + 1);
        if boots.len() == MAX_RECORDED_BOOTS {
            boots.remove(1);
            self.record.left_out += 1;
        }
        boots.push(BootRecord {
            number,
            reset,
            console,
            cycle,
            loaded: None,
            other_code: None,
            app: None,
            faults: FaultLog::default(),
            pages: 0,
            newest_page: cycle,
            end: None,
        });
        self.record.version += 1;
    }

    /// The chip, or its first core, was reset: `reset` says how, `places` where the cores were, `outputs` what had come
    /// out of it.
    pub fn reset(
        &mut self,
        reset: ResetRecord,
        places: Vec<Place>,
        in_fault: bool,
        outputs: Outputs,
        console: usize,
        cycle: u64,
    ) {
        if let Some(boot) = self.record.boots.last_mut() {
            boot.end = Some(BootEnd {
                reset: reset.clone(),
                places,
                in_fault,
                console,
                outputs,
            });
        }
        self.begin(Some(reset), console, cycle);
    }

    /// A core took an exception.
    pub fn fault(&mut self, fault: Fault) {
        let now = self.now;
        let Some(boot) = self.record.boots.last_mut() else {
            return;
        };
        let log = match (&mut boot.app, now) {
            (Some(app), Now::App) => &mut app.faults,
            _ => &mut boot.faults,
        };
        log.push(fault);
        self.record.version += u64::from(log.count <= MAX_RECORDED_FAULTS as u64);
    }

    /// A core enters a page that was not seen yet.
    pub fn page<S: System>(&mut self, soc: &S, memory: &Memory, frame: Frame, at: At, cycle: u64) {
        self.seen.insert(frame);
        self.window += 1;
        let new = self.counted.insert(frame);
        let origin = soc.origin(at.pc, usize::from(at.core));
        let moment = moment(soc, at, cycle);
        if self.awaits_bootloader {
            self.await_bootloader(soc);
        }
        match (self.now, origin) {
            (Now::Rom, Origin::Ram) => self.note_other_code(moment),
            (Now::Rom, Origin::Flash(offset)) => {
                self.leave_rom(moment, Loaded::DirectBoot);
                self.enter_app(soc, memory, moment, Some(offset), None);
            }
            (Now::Loaded, Origin::Flash(offset)) => {
                self.enter_app(soc, memory, moment, Some(offset), None);
            }
            _ => {}
        }
        if new {
            self.count(origin, cycle);
        }
    }

    fn count(&mut self, origin: Origin, cycle: u64) {
        let app = self.now == Now::App;
        let Some(boot) = self.record.boots.last_mut() else {
            return;
        };
        boot.newest_page = cycle;
        match &mut boot.app {
            Some(run) if app => run.pages += u32::from(origin != Origin::Rom),
            _ => boot.pages += 1,
        }
    }

    /// A core is about to execute an address that was waited for.
    pub fn point<S: System>(&mut self, soc: &S, memory: &Memory, at: At, cycle: u64) {
        let moment = moment(soc, at, cycle);
        let reader = apps::Reader {
            soc,
            memory,
            core: usize::from(at.core),
        };
        let entered = self
            .candidates
            .iter()
            .position(|candidate| candidate.entry() == at.pc && candidate.is_loaded(&reader));
        match (self.now, entered) {
            (Now::Rom, Some(index)) => self.enter_bootloader(&reader, moment, index),
            (Now::Loaded, Some(index)) => self.enter_app(soc, memory, moment, None, Some(index)),
            _ => {}
        }
        let symbol = self.symbols.iter().find(|&&(_, address)| address == at.pc);
        let (Some((name, _)), Now::App) = (symbol, self.now) else {
            return;
        };
        let boot = self.record.boots.last_mut();
        if let Some(app) = boot.and_then(|boot| boot.app.as_mut())
            && app.reached.iter().all(|reached| reached.symbol != *name)
        {
            self.record.version += 1;
            app.reached.push(Reached {
                symbol: name.clone(),
                moment,
            });
        }
    }

    /// The first code of a boot: from now on the entry of the image in the bootloader's place is waited for.
    fn await_bootloader<S: System>(&mut self, soc: &S) {
        self.awaits_bootloader = false;
        if let Some(view) = soc.flash_view() {
            self.candidates = apps::bootloader(&view).into_iter().collect();
            self.set_points();
        }
    }

    /// Code in RAM that is no image's: it decides nothing, the mask ROM may come back.
    fn note_other_code(&mut self, moment: Moment) {
        if let Some(boot) = self.record.boots.last_mut() {
            boot.other_code.get_or_insert(moment);
        }
    }

    /// The entry of the image that the ROM loaded.
    fn enter_bootloader<S: System>(
        &mut self,
        reader: &apps::Reader<'_, S>,
        moment: Moment,
        index: usize,
    ) {
        let (Some(candidate), Some(view)) = (self.candidates.get(index), reader.soc.flash_view())
        else {
            return;
        };
        let image = candidate.run(view.clone(), reader).image;
        self.leave_rom(moment, Loaded::Image(image));
        self.candidates = apps::candidates(&view);
        self.set_points();
    }

    fn leave_rom(&mut self, moment: Moment, loaded: Loaded) {
        self.now = Now::Loaded;
        self.record.version += 1;
        if let Some(boot) = self.record.boots.last_mut() {
            boot.loaded = Some((moment, loaded));
        }
    }

    /// The first instruction of an app: at the entry of a candidate whose bytes are loaded, or in flash.
    fn enter_app<S: System>(
        &mut self,
        soc: &S,
        memory: &Memory,
        first: Moment,
        flash_offset: Option<u32>,
        candidate: Option<usize>,
    ) {
        let reader = apps::Reader {
            soc,
            memory,
            core: usize::from(first.core),
        };
        let view = soc.flash_view();
        let index = candidate.or_else(|| {
            let offset = flash_offset?;
            let mut candidates = self.candidates.iter();
            candidates.position(|candidate| candidate.holds(offset))
        });
        let image = match (index.and_then(|index| self.candidates.get(index)), view) {
            (Some(candidate), Some(view)) => Some(candidate.run(view, &reader)),
            (None, Some(view)) => {
                flash_offset.and_then(|offset| apps::around(&view, &reader, offset))
            }
            (_, None) => None,
        };
        self.begin_app(first, image, flash_offset, soc.outputs());
    }

    fn begin_app(
        &mut self,
        first: Moment,
        image: Option<AppImageRun>,
        flash_offset: Option<u32>,
        before: Outputs,
    ) {
        self.now = Now::App;
        self.seen.clear();
        self.counted.clear();
        self.candidates.clear();
        self.set_points();
        self.record.version += 1;
        self.record.app_boots += 1;
        if let Some(boot) = self.record.boots.last_mut() {
            boot.newest_page = first.cycle;
            boot.app = Some(AppRun {
                first,
                image,
                flash_offset,
                pages: 0,
                faults: FaultLog::default(),
                reached: Vec::new(),
                before,
            });
        }
    }
}

fn moment<S: System>(soc: &S, at: At, cycle: u64) -> Moment {
    let time: Ticks = soc.time(at);
    Moment {
        core: at.core,
        pc: at.pc,
        cycle,
        at_us: time / TICKS_PER_US,
        console: soc.console_len(),
    }
}

/// Flash as a chip reads it, for a system on chip that has one.
pub type View = Option<FlashView>;
