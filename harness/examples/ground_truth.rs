//! Random donors whose truth is known, against the verdicts: `cargo run --release --example ground_truth -- [CASES [SEED]]`.
//!
//! Each case draws a chip, a revision, one of two apps (one that talks, one without a word), a key or none, a target and a
//! change of the copy. What must become of the copy follows from the draw. Exit code 1 where a verdict is wrong.

use std::collections::BTreeMap;
use std::process::ExitCode;

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EncryptionMode};
use cloneproof::flash::FlashImage;
use cloneproof::flash::build::app_image_from_elf;
use cloneproof_harness::backend::Backend;
use cloneproof_harness::backend::builtin::Builtin;
use cloneproof_harness::input::scenario::{Expect, SignOfLife};
use cloneproof_harness::proof::judge::{Control, control, judge};
use cloneproof_harness::proof::replay::play;
use cloneproof_harness::proof::verdict::Verdict;
use sha2::{Digest, Sha256};

#[path = "../tests/chips/guests.rs"]
mod guests;

const HELLO: [(Chip, &[u8]); 4] = [
    (
        Chip::Esp32,
        include_bytes!("../../images/esp32-hello/esp32-hello.elf"),
    ),
    (
        Chip::Esp32C3,
        include_bytes!("../../images/esp32c3-hello/esp32c3-hello.elf"),
    ),
    (
        Chip::Esp32S3,
        include_bytes!("../../images/esp32s3-hello/esp32s3-hello.elf"),
    ),
    (
        Chip::Esp32C6,
        include_bytes!("../../images/esp32c6-hello/esp32c6-hello.elf"),
    ),
];

/// Numbers from a seed.
struct Draw {
    seed: u64,
    case: u64,
    count: u64,
}

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.count += 1;
        let digest = Sha256::new()
            .chain_update(self.seed.to_le_bytes())
            .chain_update(self.case.to_le_bytes())
            .chain_update(self.count.to_le_bytes())
            .finalize();
        let bytes: [u8; 8] = digest[..8].try_into().unwrap_or_default();
        u64::from_le_bytes(bytes) % limit
    }

    fn key(&mut self) -> [u8; 32] {
        let word = self.below(u64::MAX);
        Sha256::digest(word.to_le_bytes()).into()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    None,
    Same,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Edit {
    None,
    FreeSpace,
    App,
    Bootloader,
}

#[derive(Debug)]
struct Case {
    chip: Chip,
    revision: ChipRevision,
    talks: bool,
    named: bool,
    encrypted: bool,
    key: Key,
    edit: Edit,
}

impl Case {
    fn draw(draw: &mut Draw) -> Case {
        let (chip, _) = HELLO[draw.below(HELLO.len() as u64) as usize];
        // What the stock bootloader accepts.
        let revisions: &[ChipRevision] = match chip {
            Chip::Esp32 => &[
                ChipRevision::new(3, 0),
                ChipRevision::new(1, 0),
                ChipRevision::new(3, 1),
            ],
            Chip::Esp32C3 => &[
                ChipRevision::new(0, 3),
                ChipRevision::new(0, 4),
                ChipRevision::new(1, 1),
            ],
            _ => &[ChipRevision::new(0, 1), ChipRevision::new(0, 2)],
        };
        let encrypted = draw.below(3) > 0;
        Case {
            chip,
            revision: revisions[draw.below(revisions.len() as u64) as usize],
            talks: draw.below(2) == 0,
            named: draw.below(2) == 0,
            encrypted,
            key: [Key::None, Key::Same, Key::Other][draw.below(3) as usize],
            edit: match draw.below(8) {
                0 => Edit::FreeSpace,
                1 => Edit::App,
                // Of an encrypted bootloader a whole block becomes garbage, which one checksum of 256 does not notice.
                2 if !encrypted => Edit::Bootloader,
                _ => Edit::None,
            },
        }
    }

    /// Whether the copy runs.
    fn runs(&self) -> bool {
        let readable = match (self.encrypted, self.key) {
            (false, Key::None) | (true, Key::Same) => true,
            // A chip that deciphers sees garbage where there is plain text.
            (false, Key::Same | Key::Other) | (true, Key::None | Key::Other) => false,
        };
        readable && matches!(self.edit, Edit::None | Edit::FreeSpace)
    }

    fn verdict(&self, draw: &mut Draw) -> Result<Verdict, String> {
        let elf = HELLO
            .iter()
            .find(|(chip, _)| *chip == self.chip)
            .map(|(_, elf)| *elf);
        let app = match (self.talks, elf) {
            (true, Some(elf)) => app_image_from_elf(self.chip, elf, guests::FLASH_BYTES)
                .map_err(|error| error.to_string())?,
            _ => guests::silent(self.chip),
        };
        let plain = guests::flash(self.chip, app);
        let (key, other) = (draw.key(), draw.key());
        let chip = |last, key: Option<&[u8; 32]>| {
            let mut bank =
                EfuseBank::factory(self.chip, self.revision, [0x24, 0x0a, 0xc4, 9, 9, last]);
            if let Some(key) = key {
                bank.burn_encryption_mode(EncryptionMode::Release, key)
                    .map_err(|error| error.to_string())?;
            }
            Ok::<_, String>(bank)
        };
        let donor = chip(1, self.encrypted.then_some(&key))?;
        let flash = match self.encrypted {
            true => guests::encrypt(&plain, &donor),
            false => plain,
        };
        let target = chip(
            2,
            match self.key {
                Key::None => None,
                Key::Same => Some(&key),
                Key::Other => Some(&other),
            },
        )?;
        let sign = match (self.talks, self.named) {
            (true, true) => SignOfLife::Text("heartbeat".to_owned()),
            (_, true) => SignOfLife::Entered,
            (_, false) => SignOfLife::AppStart,
        };
        let budget = Builtin.budget().with(Some(1_000_000), Some(200_000));
        let run = |flash, efuses| play(&Builtin, &budget, flash, efuses, &sign, 1, None);
        let donor = run(flash, donor);
        control(Control::Donor, &donor.seen).map_err(|why| why.to_string())?;
        let twin = run(donor.flash_after.clone(), donor.efuses_after.clone());
        let mut copy = donor.flash_after.clone();
        self.change(&mut copy, draw);
        let mut target = run(copy, target);
        target.seen.edited = self.edit != Edit::None;
        let expect = Expect::RefusedSomehow;
        Ok(judge(
            &donor.seen,
            Some(&twin.seen),
            Some(&target.seen),
            &expect,
        ))
    }

    fn change(&self, flash: &mut FlashImage, draw: &mut Draw) {
        let bootloader = self.chip.spec().bootloader_offset;
        let (start, len) = match self.edit {
            Edit::None => return,
            Edit::FreeSpace => (0x20_0000, 0x1000),
            // Behind headers, descriptor and entry, and before the end of the shortest app's code.
            Edit::App => (guests::APP_OFFSET + 0x30, 0xa0),
            Edit::Bootloader => (bootloader + 0x400, 0x800),
        };
        let at = start + draw.below(len) as u32;
        let byte = flash.read_vec(at, 1)[0];
        flash.write(at, &[byte ^ (1 << draw.below(8))]);
    }
}

fn main() -> ExitCode {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<u64>());
    let cases = arguments.next().and_then(Result::ok).unwrap_or(200);
    let seed = arguments.next().and_then(Result::ok).unwrap_or(1);
    let (mut right, mut wrong) = (0, 0);
    let mut open: BTreeMap<String, u64> = BTreeMap::new();
    for case in 0..cases {
        let mut draw = Draw {
            seed,
            case,
            count: 0,
        };
        let drawn = Case::draw(&mut draw);
        let verdict = drawn.verdict(&mut draw);
        match (&verdict, drawn.runs()) {
            (Ok(Verdict::Boots { .. } | Verdict::Starts { .. }), true)
            | (Ok(Verdict::Refused(_)), false) => right += 1,
            (Ok(Verdict::Boots { .. } | Verdict::Starts { .. } | Verdict::Refused(_)), _) => {
                wrong += 1;
                println!("WRONG case {case}: {drawn:?}: {verdict:?}");
            }
            (Ok(Verdict::Inconclusive(why)), _) => {
                println!("open case {case}: {drawn:?}: {why}");
                *open
                    .entry(why.to_string().chars().take(60).collect())
                    .or_default() += 1;
            }
            (Ok(Verdict::NotApplicable(why)) | Err(why), _) => {
                *open.entry(why.clone()).or_default() += 1;
            }
        }
    }
    let inconclusive: u64 = open.values().sum();
    println!(
        "{cases} donors (seed {seed}): {right} verdicts right, {wrong} wrong, {inconclusive} inconclusive"
    );
    for (why, count) in open {
        println!("  {count} inconclusive: {why}");
    }
    match wrong {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
