//! Names for addresses: function, file and line from the firmware's ELF files, else the mask ROM's symbols.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use addr2line::gimli::{EndianArcSlice, LittleEndian, SectionId};
use cloneproof::boot::{BootReport, CoreTrace, Gap, Panic, Place, Stop};
use cloneproof::emu::rom::Rom;
use object::read::elf::ElfFile32;
use object::{Architecture, Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolKind};

use crate::base::error::Error;
use crate::base::files;

/// Largest ELF file: debug information of large apps takes some dozen megabytes.
const MAX_ELF_FILE: u64 = 512 << 20;
/// Longest chain of inlined functions that is told.
const MAX_INLINED: usize = 8;

type Reader = EndianArcSlice<LittleEndian>;
type Elf<'a> = ElfFile32<'a, object::LittleEndian>;

/// Everything that can name an address.
#[derive(Default)]
pub struct Symbols {
    files: Vec<ElfSymbols>,
    rom: Option<Arc<Rom>>,
}

/// Symbols that several threads use.
#[derive(Clone)]
pub struct SharedSymbols(Arc<Mutex<Symbols>>);

impl SharedSymbols {
    /// Shares symbols.
    pub fn new(symbols: Symbols) -> SharedSymbols {
        SharedSymbols(Arc::new(Mutex::new(symbols)))
    }

    /// Does something with the symbols.
    pub fn with<R>(&self, use_them: impl FnOnce(&Symbols) -> R) -> R {
        // Nothing ever changes them but their own caches, which a panic leaves whole.
        use_them(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl fmt::Debug for SharedSymbols {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSymbols").finish_non_exhaustive()
    }
}

/// One function and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeLine {
    /// The function, demangled, with an offset where no line is known.
    pub function: Option<String>,
    /// Source file and line.
    pub line: Option<(String, u32)>,
}

impl fmt::Display for CodeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.function.as_deref().unwrap_or("?"))?;
        match &self.line {
            Some((file, line)) => write!(f, " at {file}:{line}"),
            None => Ok(()),
        }
    }
}

impl Symbols {
    /// Reads ELF files; where they overlap the first one counts.
    ///
    /// # Errors
    /// Where a file cannot be read or is no ELF of an Xtensa or RISC-V program.
    pub fn load(paths: &[PathBuf]) -> Result<Symbols, Error> {
        let files = paths.iter().map(|path| ElfSymbols::load(path));
        Ok(Symbols {
            files: files.collect::<Result<_, _>>()?,
            rom: None,
        })
    }

    /// The same with a ROM's symbols behind the files'.
    pub fn with_rom(self, rom: Arc<Rom>) -> Symbols {
        Symbols {
            rom: Some(rom),
            ..self
        }
    }

    /// Whether there is any ELF file.
    pub fn has_elf(&self) -> bool {
        !self.files.is_empty()
    }

    /// What stands at an address: the line itself, then the functions that it is inlined into.
    pub fn resolve(&self, address: u32) -> Vec<CodeLine> {
        let elf = self.files.iter().find_map(|file| file.resolve(address));
        elf.or_else(|| {
            let function = self.rom.as_ref()?.symbol(address)?;
            Some(vec![CodeLine {
                function: Some(function),
                line: None,
            }])
        })
        .unwrap_or_default()
    }

    /// The same in one line of text, if anything is known.
    pub fn describe(&self, address: u32) -> Option<String> {
        let lines = self.resolve(address);
        let texts: Vec<String> = lines.iter().map(CodeLine::to_string).collect();
        (!texts.is_empty()).then(|| texts.join(", inlined into "))
    }

    /// An address with its name, e.g. `0x400d1234 in app_main at main.c:12`.
    pub fn address(&self, address: u32) -> String {
        match self.describe(address) {
            Some(name) => format!("{address:#010x} in {name}"),
            None => format!("{address:#010x}"),
        }
    }

    /// The frames of a panic, innermost first, with their names.
    pub fn panic_frames(&self, panic: &Panic) -> Vec<String> {
        let frames = panic.backtrace.iter().map(|&(pc, _)| pc);
        // The first entry of a backtrace stands for the PC of the register dump, or is all that is known of it.
        let alone = panic.backtrace.is_empty().then(|| panic.pc()).flatten();
        frames.chain(alone).map(|pc| self.address(pc)).collect()
    }

    /// Where the panic of a RISC-V core without a backtrace may have been called from, innermost first, with names: the
    /// calls that the return address register and the words of the stack return to.
    ///
    /// Words that functions left behind are among them.
    pub fn panic_callers(&self, panic: &Panic) -> Vec<String> {
        if !panic.backtrace.is_empty() {
            return Vec::new();
        }
        let stack = panic.stack.iter().map(|&(_, value)| value);
        let words = panic.return_address().into_iter().chain(stack);
        let mut calls: Vec<u32> = words.filter_map(|word| self.call_before(word)).collect();
        calls.dedup();
        calls.into_iter().map(|call| self.address(call)).collect()
    }

    /// The RISC-V call that returns to an address.
    fn call_before(&self, address: u32) -> Option<u32> {
        self.files.iter().find_map(|file| file.call_before(address))
    }

    /// Names every place of a report.
    pub fn name_report(&self, report: &mut BootReport) {
        self.name_stop(&mut report.stop);
        for gap in &mut report.gaps {
            self.name_gap(gap);
        }
        for place in &mut report.places {
            self.name_place(place);
        }
    }

    /// Names the place of a stop.
    pub fn name_stop(&self, stop: &mut Stop) {
        match stop {
            Stop::Dead { place } | Stop::Breakpoint { place } => self.name_place(place),
            Stop::Gap(gap) => self.name_gap(gap),
            _ => {}
        }
    }

    /// Names the frames of backtraces.
    pub fn name_traces(&self, traces: &mut [CoreTrace]) {
        for frame in traces.iter_mut().flat_map(|trace| &mut trace.frames) {
            frame.symbol = self.describe(frame.pc).or(frame.symbol.take());
        }
    }

    fn name_gap(&self, gap: &mut Gap) {
        self.name_place(&mut gap.place);
    }

    fn name_place(&self, place: &mut Place) {
        place.symbol = self.describe(place.pc).or(place.symbol.take());
    }
}

/// The symbols and lines of one ELF file.
struct ElfSymbols {
    lines: Option<addr2line::Context<Reader>>,
    /// Ranges of executable sections (start, end).
    code: Vec<(u32, u32)>,
    /// The bytes of those sections, for RISC-V.
    bytes: Vec<Vec<u8>>,
    /// Address, size and name, by address.
    functions: Vec<(u32, u32, String)>,
}

impl ElfSymbols {
    fn load(path: &Path) -> Result<ElfSymbols, Error> {
        let bytes = files::read(path, MAX_ELF_FILE)?;
        ElfSymbols::parse(&bytes, path).map_err(|problem| {
            Error::input(
                path,
                problem,
                "give the ELF file that the firmware was built as, e.g. build/<project>.elf of ESP-IDF",
            )
        })
    }

    fn parse(bytes: &[u8], path: &Path) -> Result<ElfSymbols, String> {
        let kind = object::FileKind::parse(bytes).map_err(|_| "is no ELF file")?;
        if kind != object::FileKind::Elf32 {
            return Err(format!("is no 32-bit ELF file but {kind:?}"));
        }
        let elf = Elf::parse(bytes).map_err(|error| format!("is a damaged ELF file: {error}"))?;
        let architecture = elf.architecture();
        if ![Architecture::Xtensa, Architecture::Riscv32].contains(&architecture) {
            return Err(format!(
                "is an ELF file for {architecture:?}, not for Xtensa or RISC-V"
            ));
        }
        let bytes = match architecture {
            Architecture::Riscv32 => code_bytes(&elf),
            _ => Vec::new(),
        };
        let lines = lines(&elf).map_err(|error| {
            tracing::warn!("{}: no line numbers: {error}", path.display());
        });
        Ok(ElfSymbols {
            lines: lines.ok(),
            code: code(&elf),
            bytes,
            functions: functions(&elf),
        })
    }

    fn resolve(&self, address: u32) -> Option<Vec<CodeLine>> {
        let covers = |&&(start, end): &&(u32, u32)| (start..end).contains(&address);
        let section = self.code.iter().find(covers)?;
        let mut lines = self.lines(address).unwrap_or_default();
        let function = self.function(address, section.0);
        match lines.first_mut() {
            Some(first) => first.function = first.function.take().or(function),
            None => lines.push(CodeLine {
                function: Some(function?),
                line: None,
            }),
        }
        Some(lines)
    }

    /// The RISC-V call that returns to an address, if one stands before it.
    fn call_before(&self, address: u32) -> Option<u32> {
        let covers = |&(start, end): &(u32, u32)| start < address && address <= end;
        let index = self.code.iter().position(covers)?;
        let bytes = self.bytes.get(index)?;
        let end = (address - self.code[index].0) as usize;
        let half = |back: usize| {
            let at = end.checked_sub(back)?;
            let bytes = bytes.get(at..at + 2)?;
            Some(u16::from_le_bytes([bytes[0], bytes[1]]))
        };
        if half(4).is_some_and(is_wide_call) {
            return Some(address - 4);
        }
        half(2).is_some_and(is_narrow_call).then(|| address - 2)
    }

    fn lines(&self, address: u32) -> Option<Vec<CodeLine>> {
        let context = self.lines.as_ref()?;
        let mut frames = context
            .find_frames(u64::from(address))
            .skip_all_loads()
            .ok()?;
        let mut lines = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            if lines.len() == MAX_INLINED {
                break;
            }
            let name = frame.function.as_ref();
            let function = name.and_then(|name| Some(name.demangle().ok()?.into_owned()));
            let line = frame.location.as_ref().and_then(|location| {
                let line = location.line.filter(|&line| line != 0)?;
                Some((location.file?.to_owned(), line))
            });
            if function.is_some() || line.is_some() {
                lines.push(CodeLine { function, line });
            }
        }
        Some(lines)
    }

    /// The function that covers an address, or the label before it in its section.
    fn function(&self, address: u32, section: u32) -> Option<String> {
        let index = self
            .functions
            .partition_point(|&(start, ..)| start <= address);
        let near = self.functions[..index].iter().rev();
        let (start, _, name) = near
            .take_while(|&&(start, ..)| start >= section)
            .find(|&&(start, size, _)| size == 0 || address - start < size)?;
        Some(match address - start {
            0 => name.clone(),
            offset => format!("{name}+{offset:#x}"),
        })
    }
}

fn lines(elf: &Elf<'_>) -> Result<addr2line::Context<Reader>, String> {
    let load = |id: SectionId| -> Result<Reader, String> {
        let data = match elf.section_by_name(id.name()) {
            Some(section) => section
                .uncompressed_data()
                .map_err(|error| format!("{}: {error}", id.name()))?,
            None => Default::default(),
        };
        Ok(Reader::new(Arc::from(&*data), LittleEndian))
    };
    let dwarf = addr2line::gimli::Dwarf::load(load)?;
    addr2line::Context::from_dwarf(dwarf).map_err(|error| error.to_string())
}

fn executable_sections<'data, 'file>(
    elf: &'file Elf<'data>,
) -> impl Iterator<Item = impl ObjectSection<'data> + use<'data, 'file>> {
    let executable = |flags| match flags {
        SectionFlags::Elf { sh_flags, .. } => sh_flags.contains(object::elf::SHF_EXECINSTR),
        _ => false,
    };
    elf.sections()
        .filter(move |section| executable(section.flags()))
}

fn code(elf: &Elf<'_>) -> Vec<(u32, u32)> {
    executable_sections(elf)
        .map(|section| {
            let start = section.address() as u32;
            (start, start.saturating_add(section.size() as u32))
        })
        .collect()
}

/// The bytes of the sections of [`code`], in the same order; of a damaged section none.
fn code_bytes(elf: &Elf<'_>) -> Vec<Vec<u8>> {
    executable_sections(elf)
        .map(|section| section.data().unwrap_or_default().to_vec())
        .collect()
}

/// `jal ra` or `jalr ra`, by its low half (The RISC-V Instruction Set Manual, volume I, "RV32I").
fn is_wide_call(low: u16) -> bool {
    const RD: u16 = 0xf80;
    const RA: u16 = 1 << 7;
    let jumps = matches!(low & 0x7f, 0x6f | 0x67);
    jumps && low & RD == RA
}

/// `c.jal` or `c.jalr` (the same manual, "C" extension).
fn is_narrow_call(half: u16) -> bool {
    let jal = half & 0xe003 == 0x2001;
    let jalr = half & 0xf07f == 0x9002 && half & 0xf80 != 0;
    jal || jalr
}

fn functions(elf: &Elf<'_>) -> Vec<(u32, u32, String)> {
    // Addresses of ROM functions stand in apps' ELF files as absolute symbols: the ROM's own names are better.
    let mut all: Vec<(u32, u32, String)> = elf
        .symbols()
        .filter(|symbol| symbol.section_index().is_some())
        .filter(|symbol| {
            matches!(
                symbol.kind(),
                SymbolKind::Text | SymbolKind::Label | SymbolKind::Unknown
            )
        })
        .filter_map(|symbol| {
            let name = symbol.name().ok().filter(|name| !name.is_empty())?;
            let name = addr2line::demangle_auto(name.into(), None).into_owned();
            Some((symbol.address() as u32, symbol.size() as u32, name))
        })
        .collect();
    // Of several names of one address a function with a size comes last, and is found first.
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data")
            .join(name)
    }

    fn blink() -> Symbols {
        Symbols::load(&[data("blink.elf")]).unwrap()
    }

    #[test]
    fn functions_files_and_lines_as_addr2line_tells_them() {
        let symbols = blink();
        let known = |address| symbols.describe(address);
        // xtensa-lx106-elf-addr2line -fie blink.elf 0x400d0000 0x400d000a 0x40080000
        assert_eq!(known(0x400d_0000).unwrap(), "blink at ./blink.c:12");
        assert_eq!(
            known(0x400d_000a).unwrap(),
            "twice at ./blink.c:7, inlined into blink at ./blink.c:13"
        );
        assert_eq!(known(0x4008_0000).unwrap(), "spin at ./blink.c:18");
        assert_eq!(known(0x400d_1000), None);
        assert_eq!(symbols.address(0x4000_0400), "0x40000400");
    }

    #[test]
    fn calls_on_a_risc_v_stack_are_named() {
        let symbols = Symbols::load(&[data("fault.elf")]).unwrap();
        let console = "Guru Meditation Error: Core  0 panic'ed (Load access fault). \r\n\
            MEPC    : 0x42000020  RA      : 0x42000034  \r\nStack memory:\r\n\
            3fc8c5d0: 0x3fc8cde8 0x42000040 0x42000036 0x00000000 0x42000030 0x4200004a 0x4200004c\r\n";
        let panic = &cloneproof::boot::panics(console.as_bytes())[0];
        assert_eq!(
            symbols.panic_frames(panic),
            ["0x42000020 in fault at ./fault.c:8"]
        );
        assert_eq!(
            symbols.panic_callers(panic),
            [
                "0x42000032 in caller at ./fault.c:13",
                "0x42000034 in caller at ./fault.c:13",
                "0x42000048 in start at ./fault.c:18",
            ]
        );
        // Of an Xtensa program nothing is guessed: its dumps have backtraces.
        assert_eq!(blink().panic_callers(panic), [""; 0]);
    }

    #[test]
    fn without_line_numbers_the_symbol_table_counts() {
        let mut symbols = blink();
        symbols.files[0].lines = None;
        assert_eq!(symbols.describe(0x400d_000a).unwrap(), "blink+0xa");
        assert_eq!(symbols.describe(0x4008_0000).unwrap(), "spin");
    }

    #[test]
    fn the_roms_names_fill_the_gaps() {
        use cloneproof::chip::{Chip, ChipRevision};
        let rom = Arc::new(Rom::of(Chip::Esp32, ChipRevision::new(3, 0)).unwrap());
        let printf = rom.address_of("ets_printf").unwrap();
        let symbols = blink().with_rom(rom);
        assert_eq!(symbols.describe(printf + 3).unwrap(), "ets_printf+0x3");
        let mut place = Place {
            core: 1,
            pc: 0x4008_0000,
            symbol: None,
        };
        symbols.name_place(&mut place);
        assert_eq!(
            place.to_string(),
            "core 1 at 0x40080000 in spin at ./blink.c:18"
        );
    }

    #[test]
    fn what_is_no_elf_of_the_chips_is_refused() {
        let problem = |bytes: &[u8]| ElfSymbols::parse(bytes, Path::new("x")).err().unwrap();
        assert_eq!(problem(b"\xe9\x02"), "is no ELF file");
        let mut elf = std::fs::read(data("blink.elf")).unwrap();
        // e_machine: ARM.
        elf[18] = 40;
        assert_eq!(
            problem(&elf),
            "is an ELF file for Arm, not for Xtensa or RISC-V"
        );
        elf[4] = 2;
        assert!(problem(&elf).starts_with("is no 32-bit ELF file"));
    }

    #[test]
    fn damaged_files_never_panic() {
        for name in ["blink.elf", "fault.elf"] {
            damage(&std::fs::read(data(name)).unwrap());
        }
    }

    fn damage(elf: &[u8]) {
        for index in 0..elf.len() {
            let mut broken = elf.to_vec();
            broken[index] ^= 0x55;
            if let Ok(symbols) = ElfSymbols::parse(&broken, Path::new("x")) {
                for address in [0x400d_000a, 0x4200_0034] {
                    let _ = (symbols.resolve(address), symbols.call_before(address));
                }
            }
            let _ = ElfSymbols::parse(&elf[..index], Path::new("x"));
        }
    }
}
