//! What a chip executed, boot by boot: the evidence that verdicts rest on. The console illustrates it.

use super::place::{Place, ResetRecord};
use super::stored::{AppImageRun, ImageRun};

/// Most boots that a record keeps: the first one and the newest.
pub const MAX_RECORDED_BOOTS: usize = 64;
/// Most exceptions of a boot that are kept one by one; all are counted.
pub const MAX_RECORDED_FAULTS: usize = 8;
/// Serial ports whose output is counted: UART0 to UART2.
pub const RECORDED_UARTS: usize = 3;

/// When and where something was executed for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Core number: 0 is the PRO CPU.
    pub core: u8,
    /// Address of the instruction.
    pub pc: u32,
    /// Cycles of that core since power-on.
    pub cycle: u64,
    /// Emulated time since power-on, in microseconds.
    pub at_us: u64,
    /// Bytes that the console had shown before it.
    pub console: usize,
}

/// An exception that ordinary code does not take: no system call, no interrupt, no register window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Core number.
    pub core: u8,
    /// The instruction set's number of the cause (EXCCAUSE, mcause).
    pub code: u32,
    /// Its name in the manuals of the instruction set.
    pub cause: &'static str,
    /// Address of the instruction.
    pub pc: u32,
}

/// The exceptions of a stretch of execution.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FaultLog {
    /// How many there were; of one slice of the emulator at most [`MAX_RECORDED_FAULTS`] are counted.
    pub count: u64,
    /// The first of them, at most [`MAX_RECORDED_FAULTS`].
    pub first: Vec<Fault>,
}

impl FaultLog {
    /// Adds one.
    pub fn push(&mut self, fault: Fault) {
        self.count += 1;
        if self.first.len() < MAX_RECORDED_FAULTS {
            self.first.push(fault);
        }
    }
}

/// What code outside of the mask ROM the ROM handed over to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loaded {
    /// The image that the ROM loads from flash: the second-stage bootloader, or whatever lies in its place.
    Image(ImageRun),
    /// Code in flash that the ROM runs in place, without a bootloader (direct boot).
    DirectBoot,
}

/// Bytes and changes that came out of a chip.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outputs {
    /// Bytes out of each UART.
    pub uart: [u64; RECORDED_UARTS],
    /// Bytes out of the USB serial port.
    pub usb: u64,
    /// Changes of GPIO outputs.
    pub gpio: u64,
    /// Pins that were driven high, bit by pin.
    pub gpio_high: u64,
    /// Pins that were driven low, bit by pin.
    pub gpio_low: u64,
    /// Transfers of the SPI controllers that are free for the app.
    pub spi: u64,
    /// Page programs, erases and eFuse burns.
    pub changes: u64,
}

impl Outputs {
    /// What came out since an earlier state.
    pub fn since(&self, earlier: &Outputs) -> Outputs {
        let mut uart = self.uart;
        for (now, then) in uart.iter_mut().zip(earlier.uart) {
            *now = now.saturating_sub(then);
        }
        Outputs {
            uart,
            usb: self.usb.saturating_sub(earlier.usb),
            gpio: self.gpio.saturating_sub(earlier.gpio),
            gpio_high: self.gpio_high & !earlier.gpio_high,
            gpio_low: self.gpio_low & !earlier.gpio_low,
            spi: self.spi.saturating_sub(earlier.spi),
            changes: self.changes.saturating_sub(earlier.changes),
        }
    }
}

/// A symbol that was asked for, and when code reached it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    /// Its name.
    pub symbol: String,
    /// When.
    pub moment: Moment,
}

/// An app, from its first instruction on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppRun {
    /// Its first instruction.
    pub first: Moment,
    /// The image that it is, where it is one.
    pub image: Option<AppImageRun>,
    /// Flash offset of the first instruction, in bytes, where it was executed in place.
    pub flash_offset: Option<u32>,
    /// Distinct 4 KB pages of code that ran since, the mask ROM's aside.
    pub pages: u32,
    /// Exceptions since.
    pub faults: FaultLog,
    /// Symbols that were asked for and reached since.
    pub reached: Vec<Reached>,
    /// What had come out of the chip before.
    pub before: Outputs,
}

/// How a boot ended: by a reset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootEnd {
    /// The reset.
    pub reset: ResetRecord,
    /// Where each running core was.
    pub places: Vec<Place>,
    /// A core had taken an exception from which it did not return.
    pub in_fault: bool,
    /// Bytes that the console had shown.
    pub console: usize,
    /// What had come out of the chip.
    pub outputs: Outputs,
}

/// One boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootRecord {
    /// Number since power-on, from 0.
    pub number: u64,
    /// The reset that it followed; none for power-on.
    pub reset: Option<ResetRecord>,
    /// Bytes that the console had shown before it.
    pub console: usize,
    /// Cycles since power-on when it began.
    pub cycle: u64,
    /// The first instruction in RAM that belongs to no image in flash: the mask ROM's own, a program that was downloaded, or
    /// what is left in memory.
    pub other_code: Option<Moment>,
    /// The first instruction of what the mask ROM loaded from flash.
    pub loaded: Option<(Moment, Loaded)>,
    /// The app that ran.
    pub app: Option<AppRun>,
    /// Exceptions before the app.
    pub faults: FaultLog,
    /// Distinct 4 KB pages of code that ran before the app, the mask ROM's among them.
    pub pages: u32,
    /// Cycle of the newest page.
    pub newest_page: u64,
    /// How it ended, if it did.
    pub end: Option<BootEnd>,
}

/// How far a boot came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Furthest {
    /// Nothing but the mask ROM ran.
    Rom,
    /// Code that the ROM loaded ran.
    Loaded,
    /// An app ran.
    App,
}

impl BootRecord {
    /// How far it came.
    pub fn furthest(&self) -> Furthest {
        match (&self.app, &self.loaded) {
            (Some(_), _) => Furthest::App,
            (None, Some(_)) => Furthest::Loaded,
            (None, None) => Furthest::Rom,
        }
    }
}

/// Everything since power-on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExecutionRecord {
    /// The boots, oldest first; of more than [`MAX_RECORDED_BOOTS`] the first and the newest.
    pub boots: Vec<BootRecord>,
    /// Boots that were left out.
    pub left_out: u64,
    /// Boots since power-on in which an app ran.
    pub app_boots: u64,
    /// Grows with every event but the pages.
    pub version: u64,
}

impl ExecutionRecord {
    /// The boot that runs.
    pub fn current(&self) -> Option<&BootRecord> {
        self.boots.last()
    }

    /// The first boot in which an app ran, of those that are kept.
    pub fn first_app(&self) -> Option<(&BootRecord, &AppRun)> {
        let mut boots = self.boots.iter();
        boots.find_map(|boot| Some((boot, boot.app.as_ref()?)))
    }

    /// The newest boot in which an app ran.
    pub fn newest_app(&self) -> Option<(&BootRecord, &AppRun)> {
        let mut boots = self.boots.iter().rev();
        boots.find_map(|boot| Some((boot, boot.app.as_ref()?)))
    }
}

/// What the cores do now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Activity {
    /// Distinct 4 KB pages of code since the last window was begun, the mask ROM's among them.
    pub pages: u32,
    /// Every running core has its interrupts masked.
    pub masked: bool,
    /// A running core took an exception that ordinary code does not take, and its handler has not returned.
    pub in_fault: bool,
    /// Emulated time since power-on, in microseconds.
    pub at_us: u64,
    /// What came out of the chip since power-on.
    pub outputs: Outputs,
}
