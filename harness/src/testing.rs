//! A scripted chip and a scenario for the tests of everything above the back ends.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use cloneproof::boot::{BootReport, Gap, GapKind, Place, Signature, Stop};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, FlashEncryption};
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::FlashPart;
use cloneproof::virtual_chip::{PowerOn, RunLimits, VirtualChip, Watch};

use crate::backend::{AnyChip, Backend, Budget};
use crate::base::error::BackendError;
use crate::input::firmware::Firmware;
use crate::input::scenario::{
    Attack, EfuseSetup, Expect, Flash, History, Patience, Preset, Provision, Scenario, SignOfLife,
    Target,
};

pub const BOOTLOADER: [u8; 32] = *b"\xe9bootloader.....................";
pub const DONOR_MAC: [u8; 6] = [0x24, 0x0A, 0xC4, 0, 0, 1];
pub const TARGET_MAC: [u8; 6] = [0x24, 0x0A, 0xC4, 0, 0, 2];

pub const BANNER: &str =
    "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x12 (SPI_FAST_FLASH_BOOT)\r\n";
pub const ENTRY: &str = "load:0x3fff0030,len:7104\r\nentry 0x400805e4\r\n";
pub const ALIVE: &str = "I (30) boot: ESP-IDF 2nd stage bootloader\r\nheartbeat 1\r\n";
pub const INVALID_HEADER: &str = "invalid header: 0x4b1fa500\r\n";

/// What a scripted chip does: print at given cycles, then end, or go on in silence for ever (`Stop::CycleLimit`).
#[derive(Debug, Clone)]
pub struct Script {
    pub console: Vec<(u64, String)>,
    pub stop: Stop,
    pub gaps: Vec<Gap>,
    /// The first byte of the flash after the run.
    pub writes: Option<u8>,
    pub fails: bool,
    /// The watch is told that there was no reset.
    pub tells_resets: bool,
}

impl Script {
    /// Prints the texts a million cycles apart, then ends so.
    pub fn new(console: &[&str], stop: Stop) -> Script {
        let times = (1..).map(|step| step * 1_000_000);
        let console = console.iter().map(|text| (*text).to_owned());
        Script {
            console: times.zip(console).collect(),
            stop,
            gaps: Vec::new(),
            writes: None,
            fails: false,
            tells_resets: false,
        }
    }

    pub fn boots() -> Script {
        Script::new(&[BANNER, ENTRY, ALIVE], Stop::CycleLimit)
    }

    pub fn refused() -> Script {
        let again = [INVALID_HEADER; 5];
        Script::new(&[&[BANNER], &again[..]].concat(), Stop::CycleLimit)
    }
}

pub fn gap() -> Gap {
    Gap {
        kind: GapKind::Instruction { word: 0x1234 },
        place: Place {
            core: 0,
            pc: 0x4000_0400,
            symbol: Some("ets_main+0x10".to_owned()),
        },
        device: "cpu".to_owned(),
    }
}

struct FakeChip {
    power_on: PowerOn,
    script: Script,
    pending: VecDeque<(u64, String)>,
    cycles: u64,
    console: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
#[error("the fake chip was told to fail")]
struct Told;

impl VirtualChip for FakeChip {
    type Error = BackendError;

    fn run(
        &mut self,
        limits: &RunLimits,
        watch: &mut dyn Watch,
    ) -> Result<BootReport, BackendError> {
        if self.script.fails {
            return Err(BackendError::Run {
                backend: "fake",
                source: Box::new(Told),
            });
        }
        let end = self.cycles + limits.cycles;
        let stop = loop {
            match self.pending.front() {
                Some((at, _)) if *at > end => {
                    self.cycles = end;
                    break Stop::CycleLimit;
                }
                Some((at, text)) => {
                    self.cycles = *at;
                    let text = text.clone();
                    self.pending.pop_front();
                    self.console.extend_from_slice(text.as_bytes());
                    if self.script.tells_resets {
                        watch.resets(0);
                    }
                    if watch.console(text.as_bytes()) == ControlFlow::Break(()) {
                        break Stop::Watch;
                    }
                }
                None => {
                    if self.script.stop == Stop::CycleLimit {
                        self.cycles = end;
                    }
                    break self.script.stop.clone();
                }
            }
        };
        Ok(BootReport {
            backend: "fake".to_owned(),
            rom_sha256: Some([0x91; 32]),
            console: self.console.clone(),
            stop,
            resets: Vec::new(),
            cycles: self.cycles,
            instructions: self.cycles / 2,
            gaps: self.script.gaps.clone(),
            places: vec![gap().place],
            record: None,
        })
    }

    fn flash(&self) -> Result<FlashImage, BackendError> {
        let mut flash = self.power_on.flash.clone();
        if let Some(byte) = self.script.writes {
            flash.write(0, &[byte]);
        }
        Ok(flash)
    }

    fn efuses(&self) -> Result<EfuseBank, BackendError> {
        Ok(self.power_on.efuses.clone())
    }
}

type Casting = Box<dyn Fn(&PowerOn, usize) -> Script + Send + Sync>;

/// A back end of scripted chips: the script is chosen by the chip's MAC and by how many chips were built before.
pub struct FakeBackend {
    pub name: &'static str,
    /// The chip by whose MAC address it cannot stand for.
    pub cannot: Option<[u8; 6]>,
    casting: Casting,
    built: std::sync::Mutex<usize>,
}

impl FakeBackend {
    pub fn new(casting: impl Fn(&PowerOn, usize) -> Script + Send + Sync + 'static) -> FakeBackend {
        FakeBackend {
            name: "fake",
            cannot: None,
            casting: Box::new(casting),
            built: std::sync::Mutex::new(0),
        }
    }

    /// Donor, twin and target in the order in which the runner powers them on.
    pub fn cast(donor: Script, twin: Script, target: Script) -> FakeBackend {
        FakeBackend::new(move |_, number| match number {
            0 => donor.clone(),
            1 => twin.clone(),
            _ => target.clone(),
        })
    }
}

impl Backend for FakeBackend {
    fn name(&self) -> &'static str {
        self.name
    }

    fn identity(&self) -> String {
        "scripted chips".to_owned()
    }

    fn cannot_play(&self, efuses: &EfuseBank) -> Option<String> {
        let cannot = self.cannot == Some(efuses.mac());
        cannot.then(|| "it runs another mask ROM".to_owned())
    }

    fn build(&self, power_on: PowerOn) -> Result<AnyChip, BackendError> {
        let mut built = self.built.lock().unwrap();
        let script = (self.casting)(&power_on, *built);
        *built += 1;
        Ok(Box::new(FakeChip {
            pending: script.console.clone().into(),
            power_on,
            script,
            cycles: 0,
            console: Vec::new(),
        }))
    }

    fn budget(&self) -> Budget {
        Budget {
            cycles: 1_000_000_000,
            ..Budget::default()
        }
    }
}

fn setup(mac: [u8; 6], key: Option<&[u8]>) -> EfuseSetup {
    let mut bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), mac);
    if let Some(key) = key {
        bank.burn_flash_encryption(&FlashEncryption::release(key))
            .unwrap();
    }
    EfuseSetup {
        bank,
        key: key.map(<[u8]>::to_vec),
        preset: if key.is_some() {
            Preset::Release
        } else {
            Preset::None
        },
        secure_boot: None,
    }
}

/// An encrypted donor and a blank target that must refuse the copy in ROM.
pub fn scenario() -> Scenario {
    Scenario {
        name: "test".to_owned(),
        path: PathBuf::from("scenarios/test.toml"),
        description: "A bit-for-bit copy of an encrypted flash, on a blank chip.".to_owned(),
        why: Some("Whoever can read the flash chip can make such a copy.".to_owned()),
        chip: Chip::Esp32,
        donor: setup(DONOR_MAC, Some(&[0x5A; 32])),
        flash: Flash {
            size: 1 << 20,
            firmware: Arc::new(Firmware {
                name: "test-firmware".to_owned(),
                sha256: [0xAB; 32],
                parts: vec![FlashPart {
                    name: "bootloader".to_owned(),
                    offset: 0x1000,
                    bytes: BOOTLOADER.to_vec(),
                }],
                encrypted: std::iter::once(0x1000..0x2000).collect(),
                sign_of_life: None,
                inputs: Vec::new(),
            }),
            provision: Provision::PreEncrypted,
        },
        sign_of_life: SignOfLife::Text("heartbeat".to_owned()),
        patience: Patience::default(),
        targets: vec![Target {
            name: "blank".to_owned(),
            efuses: setup(TARGET_MAC, None),
            history: History::None,
            attack: Attack::Copy,
            flash_id: None,
            edits: Vec::new(),
            expect: Expect::Refused {
                signature: Signature::InvalidHeader,
                line: None,
            },
        }],
        seed: crate::base::seed::SEED,
        symbols: None,
    }
}
