//! Tests of the panic scanner on dumps in the forms that the firmware families print.

use super::*;

/// In the form of ESP-IDF v5; the values are made up.
const GURU: &str = "I (31) app: hello\r\n\
Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n\r\n\
Core  0 register dump:\r\n\
PC      : 0x400d1234  PS      : 0x00060330  A0      : 0x800d2345  A1      : 0x3ffb4f30  \r\n\
EXCVADDR: 0x00000004  LBEG    : 0x400014fd  LEND    : 0x4000150d  LCOUNT  : 0xffffffff  \r\n\r\n\r\n\
Backtrace: 0x400d1231:0x3ffb4f30 0x400d2342:0x3ffb4f50 0x40085675:0x3ffb4f80\r\n\r\n\
ELF file SHA256: 0123456789abcdef\r\n\r\nRebooting...\r\nets Jul 29 2019 12:21:46\r\n";

#[test]
fn a_guru_meditation_is_taken_apart() {
    let all = panics(GURU.as_bytes());
    assert_eq!(all.len(), 1);
    let panic = &all[0];
    assert_eq!((panic.kind, panic.core), (PanicKind::Guru, Some(0)));
    assert_eq!(panic.cause, "LoadProhibited");
    assert_eq!(panic.line_number, 2);
    assert_eq!(panic.pc(), Some(0x400d_1234));
    assert_eq!(panic.registers.len(), 8);
    assert_eq!(panic.registers[4], ("EXCVADDR".to_owned(), 4));
    assert_eq!(
        panic.backtrace,
        [
            (0x400d_1231, Some(0x3ffb_4f30)),
            (0x400d_2342, Some(0x3ffb_4f50)),
            (0x4008_5675, Some(0x3ffb_4f80)),
        ]
    );
    assert!(!panic.corrupted);
    assert_eq!(
        panic.to_string(),
        "Guru Meditation Error: LoadProhibited, core 0"
    );
}

#[test]
fn a_dump_is_told_as_soon_as_its_backtrace_is_complete() {
    let mut scanner = PanicScanner::new();
    let (dump, _) = GURU.split_once("\r\n\r\nELF").unwrap();
    for byte in dump.bytes() {
        scanner.feed(&[byte]);
        assert!(scanner.panics().is_empty());
    }
    scanner.feed(b"\r");
    assert_eq!(scanner.panics().len(), 1);
    assert_eq!(scanner.count(), 1);
}

#[test]
fn an_abort_takes_the_reason_that_came_before() {
    let text = "assert failed: app_main main.c:12 (x == 1)\n\n\
        abort() was called at PC 0x40081234 on core 1\n\n\n\
        Backtrace:0x40081d25:0x3ffb5000 0x40081234:0x3ffb5020 |<-CORRUPTED\n";
    let all = panics(text.as_bytes());
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!((all[0].kind, all[0].core), (PanicKind::Assert, Some(1)));
    assert_eq!(all[0].cause, "app_main main.c:12 (x == 1)");
    assert_eq!(all[0].backtrace.len(), 2);
    assert!(all[0].corrupted);
}

#[test]
fn an_abort_alone() {
    let all = panics(b"\r\nabort() was called at PC 0x400d1234 on core 0\r\n");
    assert_eq!((all[0].kind, all[0].core), (PanicKind::Abort, Some(0)));
    assert_eq!(all[0].pc(), Some(0x400d_1234));
}

#[test]
fn the_roms_exceptions() {
    let text = "Fatal exception (29): StoreProhibited\nepc1=0x400d0a10, epc2=0x00000000, epc3=0x00000000, \
        excvaddr=0x00000000, depc=0x00000000\n";
    let all = panics(text.as_bytes());
    assert_eq!(all[0].kind, PanicKind::RomException);
    assert_eq!(all[0].cause, "StoreProhibited");
    assert_eq!(all[0].pc(), Some(0x400d_0a10));
}

#[test]
fn rust_panics_of_esp_backtrace_and_std() {
    let text = "\u{1b}[31m\n====================== PANIC ======================\n\
        panicked at src/bin/main.rs:24:5:\nno luck\n\nBacktrace:\n\n0x400d1234\n0x400d2345 - main\n\nbye\n";
    let all = panics(text.as_bytes());
    assert_eq!(all[0].kind, PanicKind::Rust);
    assert_eq!(all[0].cause, "src/bin/main.rs:24:5: no luck");
    assert_eq!(all[0].backtrace, [(0x400d_1234, None), (0x400d_2345, None)]);
    let all = panics(b"thread 'main' panicked at src/main.rs:3:1:\noh\n\nabort() was called at PC 0x400d0000 on core 0\n");
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].cause, "src/main.rs:3:1: oh");
    assert_eq!(all[0].core, Some(0));
}

#[test]
fn causes_with_brackets_and_watchdogs() {
    let cause = |line: &str| panics(line.as_bytes())[0].cause.clone();
    assert_eq!(
        cause("Guru Meditation Error: Core  1 panic'ed (Interrupt wdt timeout on CPU1). \n"),
        "Interrupt wdt timeout on CPU1"
    );
    assert_eq!(
        cause(
            "Guru Meditation Error: Core 0 panic'ed (Stack canary watchpoint triggered (main)). \n"
        ),
        "Stack canary watchpoint triggered (main)"
    );
    assert_eq!(
        cause("\n***ERROR*** A stack overflow in task main has been detected.\n"),
        "***ERROR*** A stack overflow in task main has been detected."
    );
}

#[test]
fn ordinary_text_is_no_panic() {
    let text = "the log says: Backtrace: 0x400d0000:0x3ffb0000\nFatal exception (x): y\nCore 0 register dump:\n\
        assert passed: all\npanic'ed (no)\nGuru Meditation\n";
    assert!(panics(text.as_bytes()).is_empty());
}

#[test]
fn floods_are_bounded() {
    let mut scanner = PanicScanner::new();
    for _ in 0..100 {
        scanner.feed(b"abort() was called at PC 0x400d1234 on core 0\nPC : 0x1\n");
        scanner.feed(&[b'x'; 10_000]);
        scanner.feed(b"\nBacktrace:");
        scanner.feed(b" 0x1:0x2".repeat(5000).as_slice());
        scanner.feed(b"\n");
    }
    scanner.finish();
    assert_eq!(scanner.count(), 100);
    assert_eq!(scanner.panics().len(), MAX_PANICS);
    assert!(
        scanner
            .panics()
            .iter()
            .all(|panic| panic.backtrace.len() <= MAX_ENTRIES)
    );
}

/// In the form of ESP-IDF v6 on an ESP32-C3; the values are made up.
const RISCV: &str = "Guru Meditation Error: Core  0 panic'ed (Store access fault). Exception was unhandled.\r\n\r\n\
Core  0 register dump:\r\n\
MEPC    : 0x42005440  RA      : 0x42005432  SP      : 0x3fc8c5d0  GP      : 0x3fc89800  \r\n\
S0/FP   : 0x3c012000  S1      : 0x00000000  A0      : 0x00000000  A1      : 0x00000000  \r\n\
MSTATUS : 0x00001881  MTVEC   : 0x40380001  MCAUSE  : 0x00000007  MTVAL   : 0x00000000  \r\n\
MHARTID : 0x00000000  \r\n\r\nStack memory:\r\n\
3fc8c5d0: 0x00000000 0x3fc8cde8 0x3fc8c5f4 0x0000001e 0x3c0124f4 0x0000001e 0x3c012000 0x420046d6\r\n\
3fc8c5f0: 0x00000000 0x00001388 0x00000001 0x00000000 0x00000000 0x00000000 0x00000000 0x4200a878\r\n\
\r\n\r\n\r\nELF file SHA256: a511d501e\r\n\r\nRebooting...\r\n";

#[test]
fn a_risc_v_dump_has_a_stack_instead_of_a_backtrace() {
    let all = panics(RISCV.as_bytes());
    assert_eq!(all.len(), 1);
    let panic = &all[0];
    assert_eq!((panic.kind, panic.core), (PanicKind::Guru, Some(0)));
    assert_eq!(panic.cause, "Store access fault");
    assert_eq!(panic.pc(), Some(0x4200_5440));
    assert_eq!(panic.return_address(), Some(0x4200_5432));
    assert_eq!(panic.register("S0/FP"), Some(0x3c01_2000));
    assert_eq!(panic.register("MCAUSE"), Some(7));
    assert_eq!(panic.register("MTVAL"), Some(0));
    assert_eq!(panic.registers.len(), 13);
    assert!(panic.backtrace.is_empty());
    assert_eq!(panic.stack.len(), 16);
    assert_eq!(panic.stack[0], (0x3fc8_c5d0, 0));
    assert_eq!(panic.stack[15], (0x3fc8_c60c, 0x4200_a878));
}

#[test]
fn an_endless_stack_is_cut_off() {
    let line = "3fc8c5d0: 0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8\r\n";
    let (head, _) = RISCV.split_once("Stack memory:").unwrap();
    let all = panics(format!("{head}{}", line.repeat(1000)).as_bytes());
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].stack.len(), MAX_STACK_WORDS);
}

#[test]
fn an_exception_that_rust_firmware_reports_has_its_registers() {
    let exception = "Exception 'Load access fault' mepc=0x42001234, mtval=0x00000004";
    let old = format!("{exception}\nTrapFrame {{ ra: 42000000 }}\n0x42001230\n");
    let new = format!(
        "====================== PANIC ======================\npanicked at src/exception.rs:70:5:\n{exception}\n\nBacktrace:\n\n0x42001230\n"
    );
    for (console, cause) in [
        (old, exception.to_owned()),
        (new, format!("src/exception.rs:70:5: {exception}")),
    ] {
        let all = panics(console.as_bytes());
        assert_eq!(all.len(), 1, "{console}");
        assert_eq!(all[0].kind, PanicKind::Rust);
        assert_eq!(all[0].cause, cause);
        assert_eq!(all[0].pc(), Some(0x4200_1234));
        assert_eq!(all[0].register("MTVAL"), Some(4));
    }
}
