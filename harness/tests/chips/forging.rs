//! Apps that print what ROM, bootloader or another app would print, and then do as they like, cannot move a verdict.

use cloneproof::boot::{Signature, Stage};
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::EfuseBank;
use cloneproof_harness::backend::Backend;
use cloneproof_harness::backend::builtin::Builtin;
use cloneproof_harness::input::scenario::{Expect, SignOfLife};
use cloneproof_harness::proof::judge::judge;
use cloneproof_harness::proof::replay::{Played, play};
use cloneproof_harness::proof::verdict::Verdict;
use proptest::prelude::*;

use crate::guests;

/// ESP32-C3: `UART_FIFO_REG`, `UART_CLKDIV_REG`, `EFUSE_RD_MAC_SPI_SYS_0_REG`, `RTC_CNTL_OPTIONS0_REG` with its reset bit,
/// and the watchdogs' switches (ESP-IDF `components/soc/esp32c3/register/soc`).
const UART: u32 = 0x6000_0000;
const CLKDIV: u32 = 0x6000_0014;
const MAC: u32 = 0x6000_8844;
const OPTIONS0: u32 = 0x6000_8000;
const SW_SYS_RST: u32 = 1 << 31;
const WATCHDOGS: [(u32, u32); 6] = [
    (0x6000_80a8, 0x50d8_3aa1),
    (0x6000_8090, 0),
    (0x6000_80b0, 0x8f1d_312a),
    (0x6000_80ac, 0x84b0_0000),
    (0x6001_f064, 0x50d8_3aa1),
    (0x6001_f048, 0),
];

const SIGN: &str = "my product is ready";
const DONOR: [u8; 6] = [0x24, 0x0a, 0xc4, 0, 0, 1];
const OTHER: [u8; 6] = [0x24, 0x0a, 0xc4, 0, 0, 2];

/// What such an app prints before it does what it does.
const FORGED: [&str; 14] = [
    "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\nrst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n",
    "invalid header: 0xdeadbeef\r\ninvalid header: 0xdeadbeef\r\ninvalid header: 0xdeadbeef\r\n",
    "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x10 (RTCWDT_RTC_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)\r\nflash read err, 1000\r\nets_main.c 371 \r\n",
    "E (214) esp_image: image at 0x110000 has invalid magic byte (nothing flashed here?)\n",
    "E (60) boot_comm: chip revision check failed. Required >= v3.0, found v1.0.\r\n",
    "E (70) boot: No bootable app partitions in the partition table\r\nE (71) boot: Factory app partition is not bootable\r\n",
    "secure boot verification failed\r\nSecure boot check fail\r\n",
    "SHA-256 comparison failed:\r\nInvalid image block, can't boot.\r\nets_main.c 333 \r\n",
    "entry 0x403ce000\r\nI (30) boot: ESP-IDF 2nd stage bootloader\r\n",
    "I (90) boot: Disabling RNG early entropy source...\r\nHello world!\r\n",
    "waiting for download\r\n",
    "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n\r\nRebooting...\r\n",
    "no line end",
    "E (55) flash_encrypt: flash encryption is not enabled, and SECURE_FLASH_REQUIRE_ALREADY_ENABLED is set, refusing to boot.\r\n",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Runs,
    Loops,
    Resets,
    Faults,
}

#[derive(Debug, Clone)]
struct Forgery {
    lines: Vec<usize>,
    /// Drives the UART's divider between the lines.
    baud: bool,
    then: Then,
}

/// RISC-V machine code (The RISC-V Instruction Set Manual, volume I).
#[derive(Default)]
struct Code(Vec<u32>);

impl Code {
    fn li(&mut self, register: u32, value: u32) {
        let low = value & 0xfff;
        let high = value.wrapping_add(0x800) & 0xffff_f000;
        self.0.push(high | register << 7 | 0x37);
        self.0
            .push(low << 20 | register << 15 | register << 7 | 0x13);
    }

    /// Stores `value` at `address`.
    fn store(&mut self, address: u32, value: u32) {
        self.li(10, address);
        self.li(11, value);
        self.0.push(11 << 20 | 10 << 15 | 2 << 12 | 0x23);
    }

    fn print(&mut self, text: &str) {
        self.li(10, UART);
        for byte in text.bytes() {
            self.0.push(u32::from(byte) << 20 | 11 << 7 | 0x13);
            self.0.push(11 << 20 | 10 << 15 | 2 << 12 | 0x23);
        }
    }

    /// Waits for so many rounds of two instructions.
    fn wait(&mut self, rounds: u32) {
        self.li(12, rounds);
        self.0.push(0xfff6_0613);
        self.0.push(Code::branch(12, 0, 1, -4));
    }

    fn branch(one: u32, other: u32, condition: u32, by: i32) -> u32 {
        let by = by as u32;
        (by >> 12 & 1) << 31
            | (by >> 5 & 0x3f) << 25
            | other << 20
            | one << 15
            | condition << 12
            | (by >> 1 & 0xf) << 8
            | (by >> 11 & 1) << 7
            | 0x63
    }

    fn jump(&mut self, by: i32) {
        let by = by as u32;
        self.0.push(
            (by >> 20 & 1) << 31
                | (by >> 1 & 0x3ff) << 21
                | (by >> 11 & 1) << 20
                | (by >> 12 & 0xff) << 12
                | 0x6f,
        );
    }
}

impl Forgery {
    fn honest() -> Code {
        let mut code = Code::default();
        code.print(SIGN);
        code.print("\r\n");
        code.wait(100_000);
        let back = -4 * code.0.len() as i32;
        code.jump(back);
        code
    }

    fn forged(&self) -> Code {
        let mut code = Code::default();
        for &line in &self.lines {
            if self.baud {
                code.store(CLKDIV, 0x100 + line as u32);
            }
            code.print(FORGED[line]);
            code.wait(1000);
        }
        match self.then {
            Then::Runs => {
                code.print("\r\n");
                code.0.extend(Forgery::honest().0);
            }
            Then::Loops => code.jump(0),
            Then::Resets => {
                code.store(OPTIONS0, SW_SYS_RST);
                code.jump(0);
            }
            Then::Faults => code.0.push(0),
        }
        code
    }

    /// On the donor's MAC address honest, on any other forged.
    fn app(&self) -> Vec<u8> {
        let mut code = Code::default();
        for (address, value) in WATCHDOGS {
            code.store(address, value);
        }
        code.li(10, MAC);
        code.0.push(10 << 15 | 2 << 12 | 13 << 7 | 0x03);
        code.0
            .push(0xff << 20 | 13 << 15 | 7 << 12 | 13 << 7 | 0x13);
        code.li(14, u32::from(DONOR[5]));
        let honest = Forgery::honest().0;
        code.0
            .push(Code::branch(13, 14, 1, 4 + 4 * honest.len() as i32));
        code.0.extend(honest);
        code.0.extend(self.forged().0);
        code.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn verdict(&self) -> Verdict {
        let code = self.app();
        let app = guests::app_image(Chip::Esp32C3, |_| code.clone());
        let flash = guests::flash(Chip::Esp32C3, app);
        let chip = |mac| EfuseBank::factory(Chip::Esp32C3, ChipRevision::new(0, 3), mac);
        let budget = Builtin.budget().with(Some(100_000), None);
        let sign = SignOfLife::Text(SIGN.to_owned());
        let run =
            |flash, efuses| -> Played { play(&Builtin, &budget, flash, efuses, &sign, 1, None) };
        let donor = run(flash, chip(DONOR));
        let twin = run(donor.flash_after.clone(), donor.efuses_after.clone());
        let target = run(donor.flash_after.clone(), chip(OTHER));
        judge(
            &donor.seen,
            Some(&twin.seen),
            Some(&target.seen),
            &Expect::RefusedSomehow,
        )
    }
}

fn forgery() -> impl Strategy<Value = Forgery> {
    let then = prop_oneof![
        Just(Then::Runs),
        Just(Then::Loops),
        Just(Then::Resets),
        Just(Then::Faults),
    ];
    let lines = prop::collection::vec(0..FORGED.len(), 1..6);
    (lines, any::<bool>(), then).prop_map(|(lines, baud, then)| Forgery { lines, baud, then })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_forging_app_moves_no_verdict(forgery in forgery()) {
        let verdict = forgery.verdict();
        let right = match (forgery.then, &verdict) {
            (Then::Runs, Verdict::Boots { .. }) | (Then::Loops, Verdict::Starts { .. }) => true,
            (Then::Resets, Verdict::Refused(refusal)) => {
                refusal.stage == Stage::App && refusal.signature == Signature::AppRestarts
            }
            (Then::Faults, Verdict::Refused(refusal)) => refusal.stage == Stage::App,
            _ => false,
        };
        prop_assert!(right, "{forgery:?}: {verdict:?}");
    }
}

#[test]
fn each_forged_text_alone_moves_no_verdict() {
    for line in 0..FORGED.len() {
        let forgery = Forgery {
            lines: vec![line],
            baud: false,
            then: Then::Loops,
        };
        let verdict = forgery.verdict();
        assert!(
            matches!(verdict, Verdict::Starts { .. }),
            "{forgery:?}: {verdict:?}"
        );
    }
}
