//! Reads the registers of a chip out of the source of its peripheral access crate.
//!
//! The crates (repository `esp-rs/esp-pacs`) are made by `svd2rust` from Espressif's SVD files, so their source has one
//! form: an accessor with its offset in the documentation, a type for each register, its reset value in `RESET_VALUE`.
//! Compiling them would take minutes; they are development dependencies that no target builds, and read as text.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A register as the crate has it.
#[derive(Debug, Clone)]
pub struct Register {
    /// Path of names: `"uart0.clkdiv"`, `"dma.ch1.in_conf0"`.
    pub name: String,
    pub address: u32,
    /// Value after reset, if the crate says one.
    pub reset: Option<u32>,
}

/// Every register of every peripheral of a chip, from the crate of this name.
pub fn registers(crate_name: &str) -> Vec<Register> {
    let source = source_of(crate_name);
    let lib = Module::read(&source, &[]);
    let mut registers = Vec::new();
    for line in lib.text.lines() {
        // pub type UART0 = crate::Periph<uart0::RegisterBlock, 0x6000_0000>;
        let Some((name, rest)) = between(line, "pub type ", " = crate::Periph<") else {
            continue;
        };
        let Some((module, address)) = between(rest, "", "::RegisterBlock, ") else {
            continue;
        };
        let address = number(address.trim_end_matches(">;"));
        let module = Module::read(&source, &[module]);
        module.registers(&name.to_lowercase(), address, &mut registers);
    }
    registers
}

/// The folder with a development dependency's source.
fn source_of(crate_name: &str) -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.args(["metadata", "--format-version", "1", "--locked"]);
    let output = command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let manifests = text.split("\"manifest_path\":\"").skip(1);
    let manifests = manifests.filter_map(|rest| rest.split('"').next());
    let mut folders = manifests.map(|path| PathBuf::from(path.replace("\\\\", "\\")));
    let wanted = format!("{crate_name}-");
    let found = folders.find_map(|manifest| {
        let folder = manifest.parent()?;
        let version = folder.file_name()?.to_str()?.strip_prefix(&wanted)?;
        version
            .starts_with(|c: char| c.is_ascii_digit())
            .then(|| folder.join("src"))
    });
    found.unwrap_or_else(|| {
        let why = String::from_utf8_lossy(&output.stderr);
        panic!("cargo metadata names no package {crate_name}: {why}")
    })
}

/// What is between two texts, and what follows.
fn between<'t>(line: &'t str, before: &str, after: &str) -> Option<(&'t str, &'t str)> {
    line.strip_prefix(before)?.split_once(after)
}

/// A number as Rust writes it.
fn number(text: &str) -> u32 {
    let digits = text.replace('_', "");
    let parsed = match digits.strip_prefix("0x") {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    parsed.unwrap_or_else(|_| panic!("\"{text}\" is no number"))
}

/// A module: the registers of a block or of a cluster in it.
struct Module {
    source: PathBuf,
    path: Vec<String>,
    text: String,
    /// Names that stand for others, by `pub use`: the path behind each.
    uses: HashMap<String, Vec<String>>,
}

impl Module {
    fn read(source: &Path, path: &[&str]) -> Module {
        let file = match path {
            [] => source.join("lib.rs"),
            path => source.join(path.join("/")).with_extension("rs"),
        };
        let text =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Module {
            source: source.to_owned(),
            path: path.iter().map(|part| (*part).to_owned()).collect(),
            uses: uses(&text),
            text,
        }
    }

    /// All registers of this block, which lies at `base` and is called `name`.
    fn registers(&self, name: &str, base: u32, into: &mut Vec<Register>) {
        for accessor in accessors(&self.text) {
            for (index, offset) in accessor.offsets.iter().enumerate() {
                let name = match accessor.offsets.len() {
                    1 => format!("{name}.{}", accessor.name),
                    _ => format!("{name}.{}{index}", accessor.name),
                };
                self.register(accessor.of, &name, base + offset, into);
            }
        }
    }

    /// The register or cluster of this type at an address.
    fn register(&self, of: &str, name: &str, address: u32, into: &mut Vec<Register>) {
        if let Some(path) = self.uses.get(of) {
            let (last, module) = path.split_last().expect("a path");
            return match module {
                [] => self.register(last, name, address, into),
                module => self.relative(module).register(last, name, address, into),
            };
        }
        // Long lines are broken behind the equals sign.
        let alias = self.text.split_once(&format!("pub type {of} ="));
        let alias = alias.and_then(|(_, rest)| rest.trim_start().strip_prefix("crate::Reg<"));
        let Some(specification) = alias else {
            let cluster = format!("pub struct {of} {{");
            assert!(self.text.contains(&cluster), "{name}: {of} is unknown");
            return self.registers(name, address, into);
        };
        let module = specification.split("::").next().expect("a module");
        let text = self.relative(&[module.to_owned()]).text;
        into.push(Register {
            name: name.to_owned(),
            address,
            reset: reset_value(&text),
        });
    }

    /// A module by a path that is written here.
    fn relative(&self, path: &[String]) -> Module {
        let (from, rest) = match path.split_first() {
            Some((first, rest)) if first == "crate" => (&[][..], rest),
            Some((first, rest)) if first == "self" => (&self.path[..], rest),
            Some((first, rest)) if first == "super" => {
                (&self.path[..self.path.len().saturating_sub(1)], rest)
            }
            _ => (&self.path[..], path),
        };
        if let [name, deeper @ ..] = rest
            && from == self.path
            && let Some(other) = self.uses.get(name)
        {
            return self.relative(&[other, deeper].concat());
        }
        let path: Vec<&str> = from.iter().chain(rest).map(String::as_str).collect();
        Module::read(&self.source, &path)
    }
}

/// `pub use a::b as c;`, `pub use a::{b, c::{d as e}};` on one or more lines: names and what they stand for.
fn uses(text: &str) -> HashMap<String, Vec<String>> {
    let mut uses = HashMap::new();
    for statement in text.split("pub use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        // What stands before each open brace.
        let mut prefixes = vec![String::new()];
        for part in statement.split_inclusive(['{', ',', '}']) {
            let name = part.trim_end_matches(['{', ',', '}']).trim();
            let prefix = prefixes.last().cloned().unwrap_or_default();
            if part.ends_with('{') {
                prefixes.push(format!("{prefix}{name}"));
                continue;
            }
            if !name.is_empty() {
                let (path, name) = name.split_once(" as ").unwrap_or((name, name));
                let path = format!("{prefix}{path}");
                let path = path.split("::").map(str::to_owned).collect();
                let name = name.rsplit("::").next().unwrap_or(name);
                uses.insert(name.to_owned(), path);
            }
            if part.ends_with('}') {
                prefixes.pop();
            }
        }
    }
    uses
}

/// A function that gives a register, a cluster, or one of an array of them.
struct Accessor<'t> {
    name: &'t str,
    /// The type that it gives.
    of: &'t str,
    offsets: Vec<u32>,
}

fn accessors(text: &str) -> Vec<Accessor<'_>> {
    let pieces: Vec<&str> = text.split("pub const fn ").collect();
    let pairs = pieces.iter().zip(pieces.iter().skip(1));
    pairs
        .filter_map(|(before, piece)| accessor(text, before, piece))
        .collect()
}

fn accessor<'t>(text: &str, before: &str, piece: &'t str) -> Option<Accessor<'t>> {
    let (name, rest) = piece.split_once("(&self")?;
    let (header, body) = rest.split_once('{')?;
    let (arguments, of) = header.split_once(") -> &")?;
    let (_, place) = before.rsplit_once("#[doc = \"0x")?;
    let place = place.split(" - ").next()?;
    let (start, end) = place.split_once("..0x").unwrap_or((place, place));
    let hex = |digits| u32::from_str_radix(digits, 16).ok();
    let (start, end) = (hex(start)?, hex(end)?);
    if arguments.is_empty() {
        let offsets = vec![start];
        return Some(Accessor {
            name,
            of: of.trim(),
            offsets,
        });
    }
    let body = body.split("#[doc").next()?;
    // An array in the block itself, or places that are computed.
    let (count, step) = match body.split_once("[(); ") {
        Some((_, count)) => {
            let count = number(count.split(']').next()?);
            let (step, _) = body.split_once(" * n)")?;
            (count, number(step.rsplit("add(").next()?))
        }
        None => {
            let field = format!("{}: [{}; ", name, of.trim());
            let (_, count) = text.split_once(&field)?;
            let count = number(count.split(']').next()?);
            (count, (end - start) / count.max(1))
        }
    };
    let offsets = (0..count).map(|index| start + index * step).collect();
    Some(Accessor {
        name,
        of: of.trim(),
        offsets,
    })
}

/// `const RESET_VALUE: u32 = 0x1234;`, or zero where the trait's own default stands.
fn reset_value(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("impl crate::Resettable for ")?;
    match rest.split_once("const RESET_VALUE: ") {
        Some((_, value)) => {
            let value = value.split(';').next()?.split_once("= ")?.1;
            Some(number(value.trim()))
        }
        None => Some(0),
    }
}
