//! The GDB server, spoken to as GDB does: the remote serial protocol over TCP, against a chip that runs our own app.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use cloneproof::boot::Stop;
use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::emu::builtin::BuiltinChip;
use cloneproof::emu::rom::{ROM_BASE, Rom};
use cloneproof::virtual_chip::VirtualChip;
use cloneproof_harness::gdb::{self, Ended};
use object::{Object, ObjectSymbol};

use crate::support::{app, limits, power, run};

const ELF: &[u8] = include_bytes!("../../../images/esp32-hello/esp32-hello.elf");
/// Numbers of registers in GDB: `xtensa-config.c` of espressif/xtensa-overlays.
const PS: usize = 73;
const PRID: usize = 146;
/// Bytes of a `g` packet: 105 registers.
const G_BYTES: usize = 420;

fn chip() -> BuiltinChip {
    let revision = ChipRevision::new(3, 0);
    power(Chip::Esp32, revision, app(Chip::Esp32, ELF))
}

fn rom() -> Rom {
    Rom::of(Chip::Esp32, ChipRevision::new(3, 0)).unwrap()
}

fn app_symbol(name: &str) -> u32 {
    let file = object::File::parse(ELF).unwrap();
    let symbol = file.symbols().find(|symbol| symbol.name() == Ok(name));
    symbol.unwrap().address() as u32
}

type Console = Arc<Mutex<Vec<u8>>>;

/// A client of the remote serial protocol, and the server in a thread of its own.
struct Session {
    stream: TcpStream,
    server: JoinHandle<(std::io::Result<Ended>, BuiltinChip)>,
    console: Console,
}

impl Session {
    fn start(cycles: u64) -> Session {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let console = Console::default();
        let shown = Arc::clone(&console);
        let server = std::thread::spawn(move || {
            let mut chip = chip();
            let mut watch = |new: &[u8]| {
                shown.lock().unwrap().extend_from_slice(new);
                ControlFlow::Continue(())
            };
            let ended = gdb::serve(&listener, &mut chip, &mut watch, &limits(cycles, 20));
            (ended, chip)
        });
        let stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        Session {
            stream,
            server,
            console,
        }
    }

    fn byte(&mut self) -> u8 {
        let mut byte = [0];
        self.stream.read_exact(&mut byte).unwrap();
        byte[0]
    }

    fn send(&mut self, packet: &str) {
        let sum = packet.bytes().fold(0u8, u8::wrapping_add);
        write!(self.stream, "${packet}#{sum:02x}").unwrap();
    }

    /// The next packet, acknowledged, with runs written out.
    fn receive(&mut self) -> String {
        while self.byte() != b'$' {}
        let mut text = Vec::new();
        let mut sum = 0u8;
        loop {
            let byte = self.byte();
            if byte == b'#' {
                break;
            }
            sum = sum.wrapping_add(byte);
            if byte == b'*' {
                let count = self.byte();
                sum = sum.wrapping_add(count);
                let last = *text.last().unwrap();
                text.extend(std::iter::repeat_n(last, usize::from(count - 29)));
            } else {
                text.push(byte);
            }
        }
        let digits = [self.byte(), self.byte()];
        let told = u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap();
        assert_eq!(told, sum, "checksum");
        self.stream.write_all(b"+").unwrap();
        String::from_utf8(text).unwrap()
    }

    fn ask(&mut self, packet: &str) -> String {
        self.send(packet);
        self.receive()
    }

    fn bytes(&mut self, packet: &str) -> Vec<u8> {
        let text = self.ask(packet);
        let digits: Vec<char> = text.chars().collect();
        let byte = |pair: &[char]| {
            u8::from_str_radix(&pair.iter().collect::<String>(), 16)
                .unwrap_or_else(|_| panic!("{packet}: {text}"))
        };
        digits.chunks(2).map(byte).collect()
    }

    fn word(&mut self, packet: &str) -> u32 {
        u32::from_le_bytes(self.bytes(packet).try_into().unwrap())
    }

    fn pc(&mut self) -> u32 {
        self.word("p0")
    }

    fn console(&self) -> String {
        String::from_utf8_lossy(&self.console.lock().unwrap()).into_owned()
    }

    fn end(self) -> (Ended, BuiltinChip) {
        drop(self.stream);
        let (ended, chip) = self.server.join().unwrap();
        (ended.unwrap(), chip)
    }
}

#[test]
fn a_breakpoint_in_the_rom_is_hit_and_registers_are_read() {
    let rom = rom();
    let printf = rom.address_of("ets_printf").unwrap();
    let mut gdb = Session::start(u64::MAX);
    let features = gdb.ask("qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+");
    assert!(features.contains("PacketSize="), "{features}");
    assert!(gdb.ask("?").starts_with("T05"));
    assert_eq!(gdb.ask("Hgp1.1"), "OK");
    assert_eq!(gdb.pc(), 0x4000_0400, "the reset vector");
    // ROM through the protocol is the ROM's image.
    let start = gdb.bytes("m40000400,10");
    let offset = (0x4000_0400 - ROM_BASE) as usize;
    assert_eq!(start, rom.bytes()[offset..offset + 16]);

    assert_eq!(gdb.ask(&format!("Z0,{printf:x},3")), "OK");
    let stop = gdb.ask("vCont;c");
    assert!(
        stop.starts_with("T05") && stop.contains("swbreak"),
        "{stop}"
    );
    let registers = gdb.bytes("g");
    assert_eq!(registers.len(), G_BYTES);
    let register =
        |number: usize| u32::from_le_bytes(registers[number * 4..][..4].try_into().unwrap());
    assert_eq!(register(0), printf);
    // The ROM runs with register windows: PS.WOE.
    assert_eq!(register(PS) >> 18 & 1, 1);
    assert_eq!(gdb.console(), "", "nothing is printed before ets_printf");

    // One step is one instruction: ENTRY has three bytes.
    assert!(gdb.ask("vCont;s:p1.1;c").starts_with("T05"));
    assert_eq!(gdb.pc(), printf + 3);
    // The next call stops again, and the first one's text has arrived.
    assert!(gdb.ask("vCont;c").contains("swbreak"));
    assert_eq!(gdb.pc(), printf);
    assert!(!gdb.console().is_empty());
    assert_eq!(gdb.ask(&format!("z0,{printf:x},3")), "OK");
    assert!(gdb.ask("D;1").starts_with("OK"));
    let (ended, mut chip) = gdb.end();
    assert_eq!(ended, Ended::Detached);
    let report = run(&mut chip, 30_000_000);
    assert!(report.console_text().contains("heartbeat 1"));
}

#[test]
fn both_cores_are_threads() {
    let mut gdb = Session::start(u64::MAX);
    gdb.ask("qSupported:multiprocess+;swbreak+");
    let threads = gdb.ask("qfThreadInfo");
    assert_eq!(threads, "mp01.01,p01.02");
    assert_eq!(gdb.ask("qsThreadInfo"), "l");
    for (thread, prid, activity) in [(1, 0xcdcd, "PRO CPU runs"), (2, 0xabab, "APP CPU is held")] {
        assert_eq!(gdb.ask(&format!("Hgp1.{thread}")), "OK");
        assert_eq!(gdb.word(&format!("p{PRID:x}")), prid);
        let text = gdb.bytes(&format!("qThreadExtraInfo,p1.{thread}"));
        assert_eq!(String::from_utf8(text).unwrap(), activity);
    }
    gdb.send("k");
    assert_eq!(gdb.end().0, Ended::Killed);
}

#[test]
fn the_apps_function_in_flash_is_reached_and_memory_changes() {
    let main = app_symbol("app_main");
    let mut gdb = Session::start(u64::MAX);
    gdb.ask("qSupported:swbreak+");
    // Before the bootloader has set the cache up nothing is there, and that is said.
    assert!(gdb.ask(&format!("m{main:x},4")).starts_with('E'));
    assert_eq!(gdb.ask(&format!("Z1,{main:x},3")), "OK");
    assert_eq!(gdb.ask("Hc-1"), "OK");
    assert!(gdb.ask("c").starts_with("T05"));
    assert_eq!(gdb.pc(), main);
    assert!(gdb.console().contains("Loaded app from partition"));
    assert!(!gdb.console().contains("cloneproof-hello"));
    assert_eq!(gdb.bytes(&format!("m{main:x},20")).len(), 32);

    // RAM can be written, ROM, flash and devices cannot.
    assert_eq!(gdb.ask("M3ffb0000,4:78563412"), "OK");
    assert_eq!(gdb.word("m3ffb0000,4"), 0x1234_5678);
    for address in [0x4000_0400, main, 0x3ff4_0000] {
        assert!(gdb.ask(&format!("M{address:x},1:00")).starts_with('E'));
    }
    assert!(
        gdb.ask("m3ff40000,4").starts_with('E'),
        "a UART is no memory"
    );

    // Registers can be written: one by one, and all at once.
    assert_eq!(gdb.ask("P9d=78563412"), "OK");
    assert_eq!(gdb.word("p9d"), 0x1234_5678);
    let all = gdb.ask("g");
    assert_eq!(gdb.ask(&format!("G{all}")), "OK");
    assert_eq!(gdb.ask("g"), all);

    assert_eq!(gdb.ask(&format!("z1,{main:x},3")), "OK");
    for _ in 0..20 {
        let before = gdb.pc();
        assert!(gdb.ask("s").starts_with("T05"));
        assert_ne!(gdb.pc(), before);
    }
    gdb.send("vCont;c");
    std::thread::sleep(Duration::from_millis(200));
    gdb.stream.write_all(&[3]).unwrap();
    let stop = gdb.receive();
    assert!(stop.starts_with("T02"), "{stop}");
    gdb.send("k");
    assert_eq!(gdb.end().0, Ended::Killed);
}

#[test]
fn a_limit_ends_the_run_and_the_session() {
    let mut gdb = Session::start(3_000_000);
    gdb.ask("qSupported:swbreak+");
    assert!(gdb.ask("vCont;c").starts_with("W00"));
    let (ended, chip) = gdb.end();
    assert_eq!(ended, Ended::Over(Stop::CycleLimit));
    assert!(chip.cycles() >= 3_000_000);
}

#[test]
fn a_client_that_goes_away_or_talks_nonsense_ends_the_session() {
    let mut gdb = Session::start(u64::MAX);
    gdb.ask("qSupported:swbreak+");
    assert_eq!(gdb.end().0, Ended::Killed);
    let mut gdb = Session::start(u64::MAX);
    gdb.stream
        .write_all(b"GET / HTTP/1.0\r\n\r\n$xyz#00")
        .unwrap();
    drop(gdb.stream);
    // Whatever it is taken for: it ends.
    let _ = gdb.server.join().unwrap();
}

#[test]
fn breakpoints_change_nothing_of_what_the_guest_does() {
    let plain = run(&mut chip(), 20_000_000);
    let mut stopped = chip();
    let rom = rom();
    for name in ["ets_printf", "uart_tx_one_char", "memcpy", "ets_delay_us"] {
        assert!(stopped.set_breakpoint(rom.address_of(name).unwrap()));
    }
    let mut hits = 0;
    let report = loop {
        let left = 20_000_000 - stopped.cycles();
        let report = run(&mut stopped, left);
        match report.stop {
            Stop::Breakpoint { .. } => hits += 1,
            _ => break report,
        }
    };
    assert!(hits > 100, "{hits}");
    assert_eq!(report.console_text(), plain.console_text());
    assert_eq!(report.instructions, plain.instructions);
}

#[test]
fn a_stopped_boot_says_who_called_whom() {
    let mut chip = chip();
    let printf = rom().address_of("ets_printf").unwrap();
    chip.set_breakpoint(printf);
    let report = run(&mut chip, 5_000_000);
    assert!(matches!(report.stop, Stop::Breakpoint { .. }));
    let traces = chip.core_traces();
    let names: Vec<_> = traces[0]
        .frames
        .iter()
        .map(|frame| frame.symbol.clone().unwrap_or_default())
        .collect();
    assert_eq!(names[0], "ets_printf");
    assert!(
        names.iter().any(|name| name.starts_with("main+")),
        "{names:?}"
    );
    assert_eq!(traces[1].activity(), "is held");
}
