//! Tests of the console scanner.

use super::*;

const BANNER: &str =
    "ets Jul 29 2019 12:21:46\r\n\r\nrst:0x1 (POWERON_RESET),boot:0x12 (SPI_FAST_FLASH_BOOT)\r\n";
const ENTRY: &str = "load:0x3fff0030,len:7104\r\nentry 0x400805e4\r\n";

fn scan(text: &str) -> Scanner {
    let mut scanner = Scanner::with_sign_of_life(|line| line.starts_with("app alive"));
    scanner.feed(text.as_bytes());
    scanner.finish();
    scanner
}

#[test]
fn a_repeated_refusal_of_the_rom_is_counted_once_per_boot() {
    let boot = format!("{BANNER}invalid header: 0x4b1fa500\r\ninvalid header: 0x4b1fa500\r\n");
    let scanner = scan(&format!("{boot}{boot}"));
    assert_eq!(scanner.boot_count(), 2);
    let found = &scanner.boots()[0].refusals;
    assert_eq!(
        found[..],
        [Match {
            signature: Signature::InvalidHeader,
            stage: Stage::Rom,
            line: "invalid header: 0x4b1fa500".to_owned(),
            line_number: 3,
            count: 2,
        }]
    );
    assert_eq!(scanner.boots()[1].refusals[0].line_number, 7);
    assert_eq!(scanner.total(Signature::InvalidHeader), 4);
    assert!(
        scanner.boots()[0]
            .reset
            .as_ref()
            .is_some_and(|line| line.starts_with("rst:0x1 "))
    );
}

#[test]
fn bytes_may_arrive_one_by_one() {
    let text = format!("{BANNER}flash read err, 1000\r\nets_main.c 371 \r\n");
    let mut scanner = Scanner::new();
    for byte in text.bytes() {
        scanner.feed(&[byte]);
    }
    let boot = scanner.current().unwrap();
    assert_eq!(boot.refusals.len(), 2);
    assert!(boot.refusal(Signature::FlashReadError).is_some());
    assert!(boot.refusal(Signature::RomGaveUp).is_some());
}

#[test]
fn the_last_line_counts_without_its_end_only_after_finish() {
    let mut scanner = Scanner::new();
    scanner.feed(format!("{BANNER}flash read err, 1000").as_bytes());
    assert_eq!(scanner.refusals().count(), 0);
    scanner.finish();
    assert_eq!(scanner.refusals().count(), 1);
}

#[test]
fn rom_text_without_the_roms_banner_is_nobodys_refusal() {
    assert_eq!(scan("invalid header: 0xffffffff\n").refusals().count(), 0);
}

#[test]
fn rom_text_after_the_entry_is_not_the_roms() {
    let scanner = scan(&format!("{BANNER}{ENTRY}invalid header: 0xffffffff\n"));
    assert_eq!(scanner.refusals().count(), 0);
    assert_eq!(scanner.current().unwrap().stage, Stage::Bootloader);
}

#[test]
fn bootloader_lines_need_their_log_prefix() {
    let message = "Factory app partition is not bootable";
    let with = scan(&format!(
        "{BANNER}{ENTRY}\u{1b}[0;31mE (61) boot: {message}\u{1b}[0m\n"
    ));
    let found = &with.current().unwrap().refusals[0];
    assert_eq!(
        (found.signature, found.stage),
        (Signature::AppNotBootable, Stage::Bootloader)
    );
    assert_eq!(
        scan(&format!("{BANNER}{ENTRY}{message}\n"))
            .refusals()
            .count(),
        0
    );
    assert_eq!(
        scan(&format!("{BANNER}{ENTRY}I (61) boot: {message}\n"))
            .refusals()
            .count(),
        0
    );
}

#[test]
fn after_the_hand_over_the_app_speaks() {
    let text = format!(
        "{BANNER}{ENTRY}I (101) boot: Disabling RNG early entropy source...\nE (102) boot: Incorrect MD5 checksum\n"
    );
    let scanner = scan(&text);
    assert_eq!(scanner.current().unwrap().stage, Stage::App);
    assert_eq!(scanner.refusals().count(), 0);
}

#[test]
fn the_licence_line_of_an_app_is_a_refusal_in_the_app() {
    let scanner = scan(&format!(
        "{BANNER}{ENTRY}cloneproof: licence refused: MAC unknown\n"
    ));
    let found = scanner.refusals().next().unwrap();
    assert_eq!(
        (found.signature, found.stage),
        (Signature::LicenceRefused, Stage::App)
    );
}

#[test]
fn nothing_is_refused_once_the_app_lives() {
    let text = format!("{BANNER}{ENTRY}app alive\ncloneproof: licence refused: joke\n");
    let scanner = scan(&text);
    assert_eq!(scanner.refusals().count(), 0);
    let boot = scanner.current().unwrap();
    assert_eq!(boot.sign_of_life.as_ref().unwrap().text, "app alive");
    assert_eq!(boot.stage, Stage::App);
}

#[test]
fn a_sign_of_life_before_the_entry_is_none() {
    let scanner = scan(&format!("{BANNER}app alive\n"));
    assert!(scanner.current().unwrap().sign_of_life.is_none());
}

#[test]
fn a_reset_starts_over() {
    let text = format!("{BANNER}{ENTRY}app alive\n{BANNER}invalid header: 0x12345678\n");
    let scanner = scan(&text);
    assert!(scanner.boots()[0].sign_of_life.is_some());
    assert!(scanner.boots()[1].sign_of_life.is_none());
    assert_eq!(scanner.boots()[1].refusals.len(), 1);
}

#[test]
fn a_flood_is_bounded() {
    let mut scanner = Scanner::new();
    scanner.feed(BANNER.as_bytes());
    scanner.feed(&vec![b'x'; 1_000_000]);
    assert_eq!(scanner.partial.len(), MAX_LINE);
    scanner.feed(b"\n");
    for _ in 0..1000 {
        scanner.feed(BANNER.as_bytes());
    }
    assert_eq!(scanner.boots().len(), MAX_BOOTS);
    assert_eq!(scanner.boot_count(), 1001);
    assert_eq!(scanner.boots()[0].number, 0);
    assert_eq!(scanner.current().unwrap().number, 1000);
}

#[test]
fn bytes_that_are_no_text_do_no_harm() {
    let mut scanner = Scanner::new();
    let noise: Vec<u8> = (0..=255).cycle().take(4096).collect();
    scanner.feed(&noise);
    scanner.feed(b"\r\n\x80\x80");
    scanner.feed(format!("{BANNER}ets_main.c 384 \r\n").as_bytes());
    assert_eq!(scanner.refusals().count(), 1);
}

#[test]
fn what_the_boot_chain_went_past_is_no_refusal() {
    let rom = scan(&format!("{BANNER}invalid header: 0xffffffff\n{ENTRY}"));
    assert_eq!(rom.refusals().count(), 0);
    let refused = "E (61) boot: OTA app partition slot 0 is not bootable\n";
    let text = format!("{BANNER}{ENTRY}{refused}");
    assert_eq!(scan(&text).refusals().count(), 1);
    let loaded = "I (70) boot: Loaded app from partition at offset 0x10000\n";
    assert_eq!(scan(&format!("{text}{loaded}")).refusals().count(), 0);
    let required = "E (75) flash_encrypt: flash encryption is not enabled, and SECURE_FLASH_REQUIRE_ALREADY_ENABLED is set, refusing to boot.\n";
    assert_eq!(
        scan(&format!("{text}{loaded}{required}"))
            .refusals()
            .count(),
        1
    );
}

#[test]
fn a_banner_without_a_reset_or_its_next_line_is_text() {
    let forged = "ets Jul 29 2019 12:21:46\r\ninvalid header: 0x12345678\r\n";
    let scanner = scan(&format!("{BANNER}{ENTRY}{forged}"));
    assert_eq!((scanner.boot_count(), scanner.refusals().count()), (1, 0));

    let forged = format!("{BANNER}invalid header: 0x12345678\r\n");
    let mut scanner = Scanner::new();
    scanner.resets(0);
    scanner.feed(format!("{BANNER}{ENTRY}{forged}").as_bytes());
    assert_eq!((scanner.boot_count(), scanner.refusals().count()), (1, 0));
    scanner.resets(1);
    scanner.feed(forged.as_bytes());
    assert_eq!((scanner.boot_count(), scanner.refusals().count()), (2, 1));
    scanner.feed(forged.as_bytes());
    assert_eq!(scanner.boot_count(), 2);
}

#[test]
fn the_bootloaders_lines_are_no_sign_of_life() {
    let mut scanner = Scanner::with_sign_of_life(|_| true);
    let boot = "I (30) boot: ESP-IDF 2nd stage bootloader\nI (31) esp_image: segment 0\n";
    scanner.feed(format!("{BANNER}{ENTRY}{boot}").as_bytes());
    assert!(scanner.current().unwrap().sign_of_life.is_none());
    scanner.feed(b"hello\n");
    let alive = scanner.current().unwrap().sign_of_life.clone().unwrap();
    assert_eq!(alive.text, "hello");
}

#[test]
fn boots_that_ended_in_a_refusal_are_counted_without_the_running_one() {
    let boot =
        format!("{BANNER}{ENTRY}E (61) boot: No bootable app partitions in the partition table\n");
    let scanner = scan(&format!("{boot}{boot}{boot}"));
    assert_eq!(scanner.ended_in(Signature::NoBootableApp), 2);
    let scanner = scan(&format!("{boot}{BANNER}{ENTRY}{boot}"));
    assert_eq!(scanner.ended_in(Signature::NoBootableApp), 0);
}

const HAND_OVER: &str = "I (60) boot: Disabling RNG early entropy source...\r\n";

fn app_start(text: &str) -> Scanner {
    let mut scanner = Scanner::with_app_start();
    scanner.feed(format!("{BANNER}{ENTRY}{text}").as_bytes());
    scanner.finish();
    scanner
}

fn first_word(text: &str) -> Option<String> {
    let scanner = app_start(text);
    let line = scanner.current()?.sign_of_life.clone()?;
    Some(line.text)
}

#[test]
fn the_app_starts_behind_the_hand_over() {
    let bootloader = "I (30) boot: ESP-IDF 2nd stage bootloader\r\nhello from a hook\r\n";
    assert_eq!(first_word(bootloader), None);
    let app = format!("{bootloader}{HAND_OVER}Hello world!\r\n");
    assert_eq!(first_word(&app).as_deref(), Some("Hello world!"));
    // A bootloader without log: the start-up code of the app tells that it runs.
    let silent = "I (63) cpu_start: Multicore app\r\nHello world!\r\n";
    assert_eq!(first_word(silent).as_deref(), Some("Hello world!"));
}

#[test]
fn a_refusal_or_panic_of_the_app_is_no_start() {
    let refused = format!("{HAND_OVER}cloneproof: licence refused: other chip\r\n");
    assert_eq!(first_word(&refused), None);
    assert_eq!(app_start(&refused).refusals().count(), 1);
    let panic = format!("{HAND_OVER}abort() was called at PC 0x400\r\nBacktrace: 0x1\r\n");
    assert_eq!(first_word(&panic), None);
    // The next boot is looked at afresh.
    let again = format!("{panic}{BANNER}{ENTRY}{HAND_OVER}Hello world!\r\n");
    assert_eq!(first_word(&again).as_deref(), Some("Hello world!"));
}

#[test]
fn the_own_bootloader_hands_over_in_its_own_words() {
    let mut scanner = Scanner::new();
    scanner.feed(b"ets Jul 29 2019 12:21:46\r\nentry 0x40078014\r\n");
    scanner.feed(b"I (34) cloneproof-boot: Loaded app from partition at offset 0x10000\r\n");
    assert_eq!(scanner.current().unwrap().stage, Stage::Bootloader);
    scanner.feed(b"I (34) cloneproof-boot: Starting the app at 0x40080010\r\n");
    assert_eq!(scanner.current().unwrap().stage, Stage::App);
}

/// What QEMU 9.2.2 prints of a C3 with another key, and of one that was reset.
#[test]
fn the_banner_of_the_later_chips_has_a_line_more() {
    let banner = "ESP-ROM:esp32c3-api1-20210207\r\nBuild:Feb  7 2021\r\n";
    let power_on = "rst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n";
    let reset =
        "rst:0x7 (TG0WDT_SYS_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\nSaved PC:0x40047ed2\r\n";
    let refusal = "invalid header: 0x140b706e\r\n";
    let scanner = scan(&format!(
        "{banner}{power_on}{refusal}{refusal}{banner}{reset}"
    ));
    let [first, second] = scanner.boots() else {
        panic!("{scanner:?}");
    };
    assert_eq!(first.refusal(Signature::InvalidHeader).unwrap().count, 2);
    assert_eq!(first.banner.as_ref().unwrap().number, 1);
    assert!(first.reset.as_ref().unwrap().contains("POWERON"));
    assert_eq!((second.lines, second.refusals.len()), (0, 0));
    // Text of an app that only looks like it.
    let scanner = scan("Build:Feb  7 2021\r\nESP-ROM:esp32c3\r\nhello\r\n");
    assert_eq!(scanner.boots()[0].lines, 3);
}

#[test]
fn refusals_of_the_later_roms() {
    for (line, signature) in [
        (
            "Checksum failure. Calculated 0xd8 stored 0xd3",
            Signature::RomChecksum,
        ),
        (
            "Invalid chip id. Expected 5 read 9. Bootloader for wrong chip?",
            Signature::WrongChipId,
        ),
        ("Invalid image block, can't boot.", Signature::RomImageBlock),
    ] {
        assert_eq!(Signature::of_line(line, Stage::Rom), Some(signature));
    }
}

/// What the mask ROM's check says, without a log prefix, is the bootloader's refusal where the bootloader called it.
#[test]
fn the_roms_check_of_an_app_speaks_for_the_bootloader() {
    let refusal = "Sig block 0 signed with untrusted key\r\n\
                   E (58) cloneproof-boot: Secure Boot V2 verification failed.\r\n\
                   E (58) cloneproof-boot: Secure boot signature verification failed\r\n";
    let scanner = scan(&format!("{BANNER}{ENTRY}{refusal}"));
    let found: Vec<_> = (scanner.boots()[0].refusals.iter())
        .map(|found| (found.signature, found.stage))
        .collect();
    let stage = Stage::Bootloader;
    assert_eq!(
        found,
        [
            (Signature::AppUntrustedKey, stage),
            (Signature::AppSignatureV2, stage),
            (Signature::AppSignature, stage),
        ]
    );
    let log = "Loaded app from partition at offset 0x10000";
    let second_block = "I (65) boot: Signature verified successfully!\r\n";
    let scanner = scan(&format!(
        "{BANNER}{ENTRY}Sig block 0 signed with untrusted key\r\n{second_block}I (65) boot: {log}\r\n"
    ));
    assert!(scanner.boots()[0].refusals.is_empty());
    // Other lines of a bootloader need their prefix.
    let scanner = scan(&format!(
        "{BANNER}{ENTRY}Secure Boot V2 verification failed.\r\n"
    ));
    assert!(scanner.boots()[0].refusals.is_empty());
}
