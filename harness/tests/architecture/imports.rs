//! The modules of a crate and what they import, read from the text of its files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

/// A module with a file of its own, by its path in the crate; the root has none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Module(Vec<String>);

impl Module {
    /// The folder at the top of the crate that it is in.
    pub fn folder(&self) -> Option<&str> {
        self.0.first().map(String::as_str)
    }

    /// Whether it is this place, `a::b`, or below it.
    pub fn is_in(&self, place: &str) -> bool {
        let place: Vec<&str> = place.split("::").collect();
        self.0.len() >= place.len() && self.0.iter().zip(place).all(|(own, part)| own == part)
    }

    fn child(&self, name: &str) -> Module {
        let mut path = self.0.clone();
        path.push(name.to_owned());
        Module(path)
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_empty() {
            true => f.write_str("the root"),
            false => f.write_str(&self.0.join("::")),
        }
    }
}

/// The modules of a crate that are no tests, each with the modules that it imports from.
pub struct Crate {
    imports: BTreeMap<Module, BTreeSet<Module>>,
}

impl Crate {
    /// Reads the crate whose `lib.rs` is in this folder.
    pub fn read(src: &Path) -> Crate {
        let mut texts = BTreeMap::new();
        read_module(src, Module(Vec::new()), &src.join("lib.rs"), &mut texts);
        let known: BTreeSet<Module> = texts.keys().cloned().collect();
        let imports = texts.iter().map(|(module, tokens)| {
            let found = paths(tokens)
                .into_iter()
                .filter_map(|path| resolve(&known, module, &path));
            let others = found.filter(|other| other != module).collect();
            (module.clone(), others)
        });
        Crate {
            imports: imports.collect(),
        }
    }

    /// Whether there is such a module, `a::b`.
    pub fn has(&self, place: &str) -> bool {
        self.imports.keys().any(|module| module.is_in(place))
    }

    /// Every import: from where, and of what.
    pub fn imports(&self) -> impl Iterator<Item = (&Module, &Module)> {
        let all = self.imports.iter();
        all.flat_map(|(from, to)| to.iter().map(move |to| (from, to)))
    }

    /// Circles of imports among the modules that `of` picks: of modules that reach each other, one line.
    pub fn circles(&self, of: impl Fn(&Module) -> bool) -> Vec<String> {
        let modules: Vec<&Module> = self.imports.keys().filter(|module| of(module)).collect();
        let reached: BTreeMap<&Module, BTreeSet<&Module>> = modules
            .iter()
            .map(|module| (*module, self.reached(module, &of)))
            .collect();
        let mut circles = BTreeSet::new();
        for module in modules {
            let mut circle: Vec<String> = reached[module]
                .iter()
                .filter(|other| reached[*other].contains(module))
                .map(ToString::to_string)
                .collect();
            circle.sort_unstable();
            if !circle.is_empty() {
                circles.insert(circle.join(" <-> "));
            }
        }
        circles.into_iter().collect()
    }

    fn reached<'a>(&'a self, from: &Module, of: &impl Fn(&Module) -> bool) -> BTreeSet<&'a Module> {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&Module> = self.imports[from].iter().collect();
        while let Some(module) = next.pop() {
            if of(module) && seen.insert(module) {
                next.extend(&self.imports[module]);
            }
        }
        seen
    }
}

/// Reads a module's file and those of the modules that it declares, tests left out.
fn read_module(src: &Path, module: Module, file: &Path, texts: &mut BTreeMap<Module, Vec<String>>) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|why| panic!("{file:?}: {why}"));
    let tokens = without_tests(tokens(&text));
    let declared: Vec<String> = tokens
        .windows(3)
        .filter(|window| window[0] == "mod" && window[2] == ";")
        .map(|window| window[1].clone())
        .collect();
    let folder = module
        .0
        .iter()
        .fold(src.to_owned(), |path, part| path.join(part));
    for name in declared {
        let child = module.child(&name);
        let places = [
            folder.join(format!("{name}.rs")),
            folder.join(&name).join("mod.rs"),
        ];
        if let Some(place) = places.iter().find(|place| place.exists()) {
            read_module(src, child, place, texts);
        }
    }
    texts.insert(module, tokens);
}

/// The words and signs of Rust text, without comments; strings and characters are one empty word.
fn tokens(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        at += match rest {
            ['/', '/', ..] => rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()),
            ['/', '*', ..] => end_of(rest, "*/"),
            ['"', ..] | ['b', '"', ..] => {
                tokens.push(String::new());
                string(rest)
            }
            ['r', '"' | '#', ..] if raw_string(rest).is_some() => {
                tokens.push(String::new());
                raw_string(rest).unwrap_or(1)
            }
            ['\'', '\\', _, ..] => 3 + end_of(&rest[3..], "'"),
            ['\'', _, '\'', ..] => 3,
            [':', ':', ..] => {
                tokens.push("::".to_owned());
                2
            }
            [first, ..] if first.is_alphanumeric() || *first == '_' => {
                let word = |c: &&char| c.is_alphanumeric() || **c == '_';
                let word: String = rest.iter().take_while(word).collect();
                let len = word.chars().count();
                tokens.push(word);
                len
            }
            [first, ..] => {
                if !first.is_whitespace() {
                    tokens.push(first.to_string());
                }
                1
            }
            [] => 1,
        };
    }
    tokens
}

/// Where `end` ends.
fn end_of(chars: &[char], end: &str) -> usize {
    let end: Vec<char> = end.chars().collect();
    let found = chars.windows(end.len()).position(|window| window == end);
    found.map_or(chars.len(), |at| at + end.len())
}

/// Length of a string with its quotes, of bytes or characters.
fn string(chars: &[char]) -> usize {
    let mut at = 1 + usize::from(chars[0] == 'b');
    while at < chars.len() && chars[at] != '"' {
        at += 1 + usize::from(chars[at] == '\\');
    }
    at + 1
}

/// Length of a raw string, if it is one.
fn raw_string(chars: &[char]) -> Option<usize> {
    let hashes = chars[1..].iter().take_while(|c| **c == '#').count();
    if chars.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    Some(2 + hashes + end_of(&chars[2 + hashes..], &end))
}

/// Leaves out every item behind `#[cfg(test)]`.
fn without_tests(tokens: Vec<String>) -> Vec<String> {
    const TEST: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].iter().take(TEST.len()).eq(TEST.iter()) {
            at = item_end(&tokens, at + TEST.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// Behind the item that begins at `at`: its semicolon, or the brace that closes it.
fn item_end(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => depth -= 1,
            _ => {}
        }
        at += 1;
        let last = tokens[at - 1].as_str();
        if depth == 0 && (last == "}" || last == ";") {
            return at;
        }
    }
    at
}

/// Every path in the text, `use` trees unfolded.
fn paths(tokens: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_path = tokens.get(at + 1).is_some_and(|next| next == "::");
        if tokens[at] == "use" || (is_path && is_word(&tokens[at])) {
            at += usize::from(tokens[at] == "use");
            at = tree(tokens, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found
}

fn is_word(token: &str) -> bool {
    token
        .chars()
        .next()
        .is_some_and(|c| c.is_alphabetic() || c == '_')
}

/// One path with all its branches; hands back where it ends.
fn tree(
    tokens: &[String],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<Vec<String>>,
) -> usize {
    let mut path = prefix.to_vec();
    while at < tokens.len() {
        match tokens[at].as_str() {
            "::" => at += 1,
            "{" => {
                at += 1;
                while at < tokens.len() && tokens[at] != "}" {
                    let next = tree(tokens, at, &path, found);
                    at = next + usize::from(tokens.get(next).is_some_and(|token| token == ","));
                    if next == at && tokens.get(at).is_some_and(|token| token != "}") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "as" => at += 2,
            word if is_word(word) && (path.len() == prefix.len() || tokens[at - 1] == "::") => {
                path.push(word.to_owned());
                at += 1;
            }
            _ => break,
        }
    }
    found.push(path);
    at
}

/// The module that a path in `module` leads into, if it is one of the crate.
fn resolve(known: &BTreeSet<Module>, module: &Module, path: &[String]) -> Option<Module> {
    let (mut at, mut rest) = match path.first()?.as_str() {
        "crate" => (Module(Vec::new()), &path[1..]),
        "self" => (module.clone(), &path[1..]),
        "super" => (module.clone(), path),
        first if known.contains(&module.child(first)) => (module.clone(), path),
        _ => return None,
    };
    while let Some((first, more)) = rest.split_first() {
        if first == "super" {
            at.0.pop()?;
        } else if known.contains(&at.child(first)) {
            at = at.child(first);
        } else {
            break;
        }
        rest = more;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let paths = paths(&without_tests(tokens(text)));
        paths.iter().map(|path| path.join("::")).collect()
    }

    #[test]
    fn trees_are_unfolded_and_tests_left_out() {
        let text = "use a::{self, b::{c, d as e}, f};\nfn g() { crate::h::i(\"x::y\", 'x', '\\''); } // z::z\n\
                    #[cfg(test)]\nmod tests { use crate::no; }\n#[cfg(test)]\n#[path = \"p\"]\nmod t;\nuse super::k;";
        assert_eq!(
            found(text),
            [
                "a::self",
                "a::b::c",
                "a::b::d",
                "a::f",
                "crate::h::i",
                "super::k"
            ]
        );
    }

    #[test]
    fn paths_lead_to_the_nearest_module() {
        let module = |path: &str| match path {
            "" => Module(Vec::new()),
            path => Module(path.split("::").map(str::to_owned).collect()),
        };
        let known = ["", "a", "a::b", "c"].map(module).into_iter().collect();
        let resolved = |path: &str| {
            let path: Vec<String> = path.split("::").map(str::to_owned).collect();
            resolve(&known, &module("a::b"), &path).map(|found| found.to_string())
        };
        assert_eq!(resolved("crate::c::Type").as_deref(), Some("c"));
        assert_eq!(resolved("super::Type").as_deref(), Some("a"));
        assert_eq!(resolved("super::super::a::b::f").as_deref(), Some("a::b"));
        assert_eq!(resolved("std::fmt"), None);
    }
}
