//! The named reasons of a refused boot: which console line means which refusal, by whom.
//!
//! Sources, in the short names that the table below uses:
//! - *ROM*: string constants of the mask-ROM ELFs, of the ESP32 rev 0 and rev 300, of the C3 and the S3 (espflash 4.7.0,
//!   `resources/roms`);
//! - *IDF*: ESP-IDF v6, `components/bootloader_support/src` (the file is named at each row).

use std::fmt;
use std::str::FromStr;

use super::pattern;

/// The part of the boot chain that spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// The mask ROM.
    Rom,
    /// The second-stage bootloader.
    Bootloader,
    /// The application.
    App,
}

impl Stage {
    /// Every stage, in the order in which they run.
    pub const ALL: [Stage; 3] = [Stage::Rom, Stage::Bootloader, Stage::App];

    /// Stable name: `rom`, `bootloader` or `app`.
    pub const fn id(self) -> &'static str {
        match self {
            Stage::Rom => "rom",
            Stage::Bootloader => "bootloader",
            Stage::App => "app",
        }
    }

    /// The stage in running text, e.g. `"the mask ROM"`.
    pub const fn title(self) -> &'static str {
        match self {
            Stage::Rom => "the mask ROM",
            Stage::Bootloader => "the second-stage bootloader",
            Stage::App => "the app",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Stage {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Stage::ALL
            .into_iter()
            .find(|stage| stage.id() == name)
            .ok_or_else(|| UnknownName::new("stage", name, Stage::ALL.map(Stage::id)))
    }
}

/// A stage or signature name that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown {kind} \"{name}\"")]
pub struct UnknownName {
    /// What was looked for: `"stage"` or `"signature"`.
    pub kind: &'static str,
    /// The name as given.
    pub name: String,
    /// Every name that exists.
    pub known: Vec<&'static str>,
}

impl UnknownName {
    fn new(
        kind: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'static str>,
    ) -> UnknownName {
        UnknownName {
            kind,
            name: name.to_owned(),
            known: known.into_iter().collect(),
        }
    }
}

/// What is known of one signature.
struct Rule {
    signature: Signature,
    id: &'static str,
    stage: Stage,
    /// Patterns of whole lines (see [`pattern`]), any of which matches. Bootloader lines without their log prefix. None where
    /// the place in which the chip came to rest is all there is.
    lines: &'static [&'static str],
    meaning: &'static str,
}

macro_rules! signatures {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $stage:ident, [$($line:literal),*], $meaning:literal;)+) => {
        /// A named reason for a refusal.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Signature {
            $($(#[$doc])* $name,)+
        }

        const RULES: &[Rule] = &[
            $(Rule {
                signature: Signature::$name,
                id: $id,
                stage: Stage::$stage,
                lines: &[$($line),*],
                meaning: $meaning,
            },)+
        ];
    };
}

// `#` stands for decimal digits, `?` for hex digits, `*` for any text.
signatures! {
    /// `flash read err, N`: the image could not be loaded. ROM.
    FlashReadError = "flash-read-error", Rom, ["flash read err, #"],
        "the ROM found no loadable bootloader image in flash";
    /// `ets_main.c N`: the ROM's boot code gave up at that line of its source. ROM.
    RomGaveUp = "rom-gave-up", Rom, ["ets_main.c #"],
        "the ROM gave up booting from flash and stays there";
    /// `invalid header: 0x????????`: the first four bytes as read, most significant first. ROM rev 300.
    InvalidHeader = "invalid-header", Rom, ["invalid header: 0x?"],
        "what the ROM read at the bootloader's place is no image header";
    /// `csum err:0x??!=0x??`, C3 and S3 `Checksum failure. …`: the checksum of the bootloader image is wrong. ROM.
    RomChecksum = "rom-checksum", Rom, ["csum err:0x?!=0x?", "Checksum failure. Calculated 0x? stored 0x?"],
        "the checksum of the bootloader image is wrong";
    /// `wrong chip id 0x????`, C3 and S3 `Invalid chip id. …`: the bootloader is for another chip. ROM rev 300.
    WrongChipId = "wrong-chip-id", Rom,
        ["wrong chip id 0x?", "Invalid chip id. Expected # read #. Bootloader for wrong *"],
        "the bootloader image is made for another chip";
    /// `Invalid image block, can't boot.` ROM of the C3 and the S3.
    RomImageBlock = "rom-image-block", Rom, ["Invalid image block, can't boot."],
        "a segment of the bootloader image is impossible";
    /// `Secure boot check fail`: secure boot v1 refused the bootloader. ROM (rev 0 prints it in lower case).
    SecureBootV1Check = "secure-boot-v1-check", Rom, ["secure boot check fail", "Secure boot check fail"],
        "secure boot v1 refused the bootloader's digest";
    /// `No signature block magic byte found at signature sector …`. ROM rev 300.
    NoSignatureBlock = "secure-boot-v2-no-signature-block", Rom, ["No signature block magic byte found at signature sector *"],
        "the bootloader carries no secure boot v2 signature block";
    /// `Sig block N invalid: Stored CRC …`. ROM rev 300; those of the C3 and the S3 tell the ends only.
    SignatureBlockCrc = "secure-boot-v2-block-crc", Rom,
        ["Sig block # invalid: Stored CRC 0x? calculated 0x?", "Sig block # invalid: Stored CRC ends 0x? calculated ends 0x?"],
        "the checksum of the signature block is wrong";
    /// `Sig block N invalid: Image digest does not match`. ROM rev 300.
    SignatureBlockDigest = "secure-boot-v2-image-digest", Rom, ["Sig block # invalid: Image digest does not match"],
        "the bootloader is not the image that was signed";
    /// `Sig block N signed with untrusted key`. ROM rev 300.
    SignatureUntrustedKey = "secure-boot-v2-untrusted-key", Rom, ["Sig block # signed with untrusted key"],
        "the bootloader is signed with a key whose digest is not in the eFuses";
    /// `Sig block N signature verification failed`. ROM rev 300.
    SignatureInvalid = "secure-boot-v2-bad-signature", Rom, ["Sig block # signature verification failed"],
        "the bootloader's signature is wrong";
    /// `SHA-256 simple hash comparison failed.` ROM of the C3 and the S3, where secure boot is on.
    BootloaderHash = "secure-boot-v2-image-hash", Rom, ["SHA-256 simple hash comparison failed."],
        "the hash behind the bootloader image is missing or wrong";
    /// `Invalid image block, can't verify.` ROM rev 300.
    InvalidImageBlock = "secure-boot-v2-invalid-image", Rom, ["Invalid image block, can't verify.", "Invalid magic 0x?", "Too many blocks: 0x?"],
        "what secure boot v2 should verify is no image";
    /// `secure boot verification failed`. ROM rev 300.
    SecureBootV2Failed = "secure-boot-v2-failed", Rom, ["secure boot verification failed"],
        "secure boot v2 refused the bootloader";

    /// No word: boot after boot ends by a reset while nothing but the ROM ran.
    RomLoop = "rom-loop", Rom, [],
        "the mask ROM ran nothing else, and the same reset ended boot after boot";
    /// No word: the ROM stays in one place.
    RomHalted = "rom-halted", Rom, [],
        "the mask ROM ran nothing else and stays where it is";
    /// No word: the ROM waits for a download.
    RomDownloadMode = "rom-download-mode", Rom, [],
        "the mask ROM waits for a download instead of booting from flash";
    /// No word: the ROM runs its BASIC interpreter.
    RomBasic = "rom-basic", Rom, [],
        "the mask ROM runs its BASIC console instead of booting from flash";
    /// No word: what the ROM loaded as a bootloader is not the donor's.
    GarbageBootloader = "garbage-bootloader", Rom, [],
        "what the mask ROM loaded is not the donor's bootloader but what this chip deciphers it to, and it started no app";

    /// No word: boot after boot ends by a reset in the bootloader.
    BootloaderLoop = "bootloader-loop", Bootloader, [],
        "the second-stage bootloader started no app, and the same reset ended boot after boot";
    /// No word: the bootloader stays in one place.
    BootloaderHalted = "bootloader-halted", Bootloader, [],
        "the second-stage bootloader started no app and stays where it is";
    /// `image at 0x? has invalid magic byte (nothing flashed here?)`. IDF `esp_image_format.c`.
    AppMagic = "app-magic", Bootloader, ["image at 0x? has invalid magic byte*"],
        "what the bootloader read at the app's place is no image header";
    /// `Checksum failed. Calculated 0x? read 0x?`. IDF `esp_image_format.c`.
    AppChecksum = "app-checksum", Bootloader, ["Checksum failed. Calculated 0x? read 0x?"],
        "the checksum of the app image is wrong";
    /// `Image hash failed - image is corrupt`. IDF `esp_image_format.c`.
    AppHash = "app-hash", Bootloader, ["Image hash failed - image is corrupt"],
        "the hash of the app image is wrong";
    /// `image at 0x? segment count …`, `Segment N …`, `invalid segment length 0x?`. IDF `esp_image_format.c`.
    AppSegment = "app-segment", Bootloader,
        ["image at 0x? segment count # exceeds max #", "Segment # 0x?-0x? invalid: *", "Segment # load address 0x?, doesn't match data 0x?", "invalid segment length 0x?"],
        "a segment of the app image is impossible";
    /// `Secure boot signature verification failed`. IDF `esp_image_format.c`.
    AppSignature = "app-signature", Bootloader, ["Secure boot signature verification failed"],
        "the bootloader refused the app's signature";
    /// `Secure Boot V2 verification failed.` IDF `secure_boot_v2/secure_boot_signatures_bootloader.c`.
    AppSignatureV2 = "app-signature-v2", Bootloader, ["Secure Boot V2 verification failed."],
        "the bootloader refused the app's secure boot v2 signature";
    /// `No signature block generated for valid scheme`, `No signature block magic byte found at signature sector …`.
    /// IDF `secure_boot_v2/secure_boot_signatures_bootloader.c`; ROM, called by the bootloader.
    AppNoSignatureBlock = "app-no-signature-block", Bootloader,
        ["No signature block generated for valid scheme", "No signature block magic byte found at signature sector *"],
        "the app carries no secure boot v2 signature block";
    /// `Sig block N invalid: Stored CRC …`. ROM, called by the bootloader.
    AppSignatureBlockCrc = "app-signature-block-crc", Bootloader,
        ["Sig block # invalid: Stored CRC 0x? calculated 0x?", "Sig block # invalid: Stored CRC ends 0x? calculated ends 0x?"],
        "the checksum of the app's signature block is wrong";
    /// `Sig block N invalid: Image digest does not match`. ROM, called by the bootloader.
    AppSignatureDigest = "app-signature-image-digest", Bootloader, ["Sig block # invalid: Image digest does not match"],
        "the app is not the image that was signed";
    /// `Sig block N signed with untrusted key`. ROM, called by the bootloader.
    AppUntrustedKey = "app-untrusted-key", Bootloader, ["Sig block # signed with untrusted key"],
        "the app is signed with a key whose digest is not in the eFuses, or revoked";
    /// `Sig block N signature verification failed`. ROM, called by the bootloader.
    AppBadSignature = "app-bad-signature", Bootloader, ["Sig block # signature verification failed"],
        "the app's signature is wrong";
    /// `image has invalid signature version field …`. IDF `secure_boot_v1/secure_boot_signatures_bootloader.c`.
    AppSignatureVersion = "app-signature-version", Bootloader, ["image has invalid signature version field*"],
        "the app carries no secure boot v1 signature";
    /// `partition N invalid magic number 0x?`. IDF `flash_partitions.c`.
    PartitionMagic = "partition-magic", Bootloader, ["partition # invalid magic number 0x?"],
        "what the bootloader read at the partition table's place is no table";
    /// `Incorrect MD5 checksum`. IDF `flash_partitions.c`.
    PartitionMd5 = "partition-md5", Bootloader, ["Incorrect MD5 checksum"],
        "the checksum of the partition table is wrong";
    /// `partition N invalid - offset …`, `partition table has no terminating entry, not valid`. IDF `flash_partitions.c`.
    PartitionInvalid = "partition-invalid", Bootloader,
        ["partition # invalid - offset *", "partition table has no terminating entry, not valid"],
        "the partition table is impossible";
    /// `Failed to verify partition table`. IDF `bootloader_utility.c`.
    PartitionTable = "partition-table", Bootloader, ["Failed to verify partition table", "load partition table error!"],
        "the bootloader refused the partition table";
    /// `Factory app partition is not bootable`, `OTA app partition slot N is not bootable`. IDF `bootloader_utility.c`.
    AppNotBootable = "app-not-bootable", Bootloader,
        ["Factory app partition is not bootable", "Factory test app partition is not bootable", "OTA app partition slot # is not bootable"],
        "the bootloader could not load the app of that partition";
    /// `No bootable app partitions in the partition table`. IDF `bootloader_utility.c`.
    NoBootableApp = "no-bootable-app", Bootloader,
        ["No bootable app partitions in the partition table", "No bootable test partition in the partition table"],
        "the bootloader found no app that it may start";
    /// `mismatch chip ID, expected N, found N`. IDF `bootloader_common_loader.c`.
    AppChipId = "app-chip-id", Bootloader, ["mismatch chip ID, expected #, found #"],
        "the app image is made for another chip";
    /// `chip revision check failed. …`. IDF `bootloader_common_loader.c`.
    ChipRevision = "chip-revision", Bootloader, ["chip revision check failed.*"],
        "the image does not allow this chip's revision";
    /// `failed to load bootloader image header!` IDF `bootloader_init.c`.
    BootloaderHeader = "bootloader-header", Bootloader, ["failed to load bootloader image header!"],
        "the bootloader could not read its own header back";
    /// `flash encryption is not enabled, and SECURE_FLASH_REQUIRE_ALREADY_ENABLED is set, refusing to boot.`
    /// IDF `flash_encryption/flash_encrypt.c`.
    EncryptionRequired = "encryption-required", Bootloader,
        ["flash encryption is not enabled, and SECURE_FLASH_REQUIRE_ALREADY_ENABLED *"],
        "the bootloader demands flash encryption and the chip has none";
    /// `secure boot is not enabled, and SECURE_BOOT_REQUIRE_ALREADY_ENABLED is set, refusing to boot.`
    /// IDF `secure_boot_v2/secure_boot.c`.
    SecureBootRequired = "secure-boot-required", Bootloader,
        ["secure boot is not enabled, and SECURE_BOOT_REQUIRE_ALREADY_ENABLED *"],
        "the bootloader demands secure boot and the chip has none";

    /// No word: the app took an exception from which it did not return.
    AppPanicked = "app-panicked", App, [],
        "the app was entered and ended by an exception that donor and twin do not have";
    /// No word: the app is reset again and again.
    AppRestarts = "app-restarts", App, [],
        "the app was entered and reset again and again, as donor and twin were not";
    /// No word: the app waits for what cannot come.
    AppHalted = "app-halted", App, [],
        "the app was entered and waits for ever, as donor and twin do not";
    /// `Detected size(…k) smaller than the size in the binary image header(…k). …`: ESP-IDF's start-up code in the app.
    /// IDF `spi_flash/spi_flash_chip_generic.c`.
    FlashTooSmall = "flash-too-small", App, ["Detected size(#k) smaller than the size in the binary image header*"],
        "the flash chip is smaller than the image says";
    /// `cloneproof: licence refused: <reason>`: what an app under test prints when it finds itself on the wrong chip.
    /// A convention of this project.
    LicenceRefused = "licence-refused", App, ["cloneproof: licence refused: *"],
        "the app's own licence check refused this chip";
}

impl Signature {
    /// Every signature.
    pub fn all() -> impl Iterator<Item = Signature> {
        RULES.iter().map(|rule| rule.signature)
    }

    fn rule(self) -> &'static Rule {
        // The macro writes enum and table in one go: the discriminant is the row.
        &RULES[self as usize]
    }

    /// Stable kebab-case name, e.g. `invalid-header`.
    pub fn id(self) -> &'static str {
        self.rule().id
    }

    /// Who prints it.
    pub fn stage(self) -> Stage {
        self.rule().stage
    }

    /// What it means, in lower case and without a full stop.
    pub fn meaning(self) -> &'static str {
        self.rule().meaning
    }

    /// The first of the line patterns: `#` stands for decimal digits, `?` for hex digits, `*` for any text. Nothing where
    /// no line is needed: the place in which the chip came to rest says it.
    pub fn pattern(self) -> Option<&'static str> {
        self.rule().lines.first().copied()
    }

    /// The signature of a whole line that `stage` printed; log prefix and colours must be stripped before.
    pub(super) fn of_line(line: &str, stage: Stage) -> Option<Signature> {
        RULES
            .iter()
            .filter(|rule| rule.stage == stage)
            .find(|rule| rule.lines.iter().any(|glob| pattern::matches(glob, line)))
            .map(|rule| rule.signature)
    }
}

/// What the ROM's check of signatures prints, the bootloader's log prefix not before it, when the bootloader calls it for an
/// app.
const ROM_CHECKS_APP: [Signature; 5] = [
    Signature::AppNoSignatureBlock,
    Signature::AppSignatureBlockCrc,
    Signature::AppSignatureDigest,
    Signature::AppUntrustedKey,
    Signature::AppBadSignature,
];

impl Signature {
    /// The signature of a whole line that has no log prefix and was printed while the bootloader ran.
    pub(super) fn of_rom_line_in_bootloader(line: &str) -> Option<Signature> {
        Signature::of_line(line, Stage::Bootloader).filter(|found| ROM_CHECKS_APP.contains(found))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

impl FromStr for Signature {
    type Err = UnknownName;

    fn from_str(name: &str) -> Result<Self, UnknownName> {
        Signature::all()
            .find(|signature| signature.id() == name)
            .ok_or_else(|| UnknownName::new("signature", name, Signature::all().map(Signature::id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_parse_back() {
        let mut ids: Vec<_> = Signature::all().map(Signature::id).collect();
        for id in &ids {
            assert_eq!(id.parse::<Signature>().map(Signature::id), Ok(*id));
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for signature in Signature::all() {
            assert_eq!(signature.rule().signature, signature);
        }
        for stage in Stage::ALL {
            assert_eq!(stage.id().parse(), Ok(stage));
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = "no-such".parse::<Signature>().unwrap_err();
        assert_eq!(error.to_string(), "unknown signature \"no-such\"");
        assert!(error.known.contains(&"invalid-header"));
    }

    #[test]
    fn a_line_counts_only_in_its_own_stage() {
        let line = "invalid header: 0x4b1fa500";
        assert_eq!(
            Signature::of_line(line, Stage::Rom),
            Some(Signature::InvalidHeader)
        );
        assert_eq!(Signature::of_line(line, Stage::Bootloader), None);
        assert_eq!(Signature::of_line(line, Stage::App), None);
    }

    #[test]
    fn rom_lines_match_as_a_whole() {
        for (line, signature) in [
            ("flash read err, 1000", Signature::FlashReadError),
            ("ets_main.c 371", Signature::RomGaveUp),
            ("csum err:0x1f!=0xe2", Signature::RomChecksum),
            ("wrong chip id 0x0005", Signature::WrongChipId),
            ("Secure boot check fail", Signature::SecureBootV1Check),
        ] {
            assert_eq!(Signature::of_line(line, Stage::Rom), Some(signature));
            let quoted = format!("log: {line}");
            assert_eq!(Signature::of_line(&quoted, Stage::Rom), None);
            let longer = format!("{line} seen");
            assert_eq!(Signature::of_line(&longer, Stage::Rom), None);
        }
    }
}
