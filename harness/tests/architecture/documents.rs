//! The documents name only files that exist, and answer where things are by words that stand there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const DOCUMENTS: [&str; 3] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
/// What paths from the repository's root begin with.
const ROOTS: [&str; 5] = ["src/", "harness/", "images/", "scenarios/", ".ci/"];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The chips that boot, each of which has a folder.
fn chips() -> Vec<String> {
    let folder = fs::read_dir(repository().join("src/emu/soc/chips")).unwrap();
    folder
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

/// The spans of code in running text: blocks of code show trees and examples.
fn code_spans(text: &str) -> Vec<&str> {
    let outside = text.split("\n```").step_by(2);
    outside
        .flat_map(|part| part.split('`').skip(1).step_by(2))
        .collect()
}

/// The paths that a span stands for: one for each chip that boots, and of a pattern the folder.
fn paths(span: &str) -> Vec<String> {
    let fixed = match span.find('*') {
        Some(star) => &span[..span[..star].rfind('/').unwrap_or(0)],
        None => span,
    };
    match fixed.contains("<chip>") {
        true => chips()
            .iter()
            .map(|chip| fixed.replace("<chip>", chip))
            .collect(),
        false => vec![fixed.to_owned()],
    }
}

#[test]
fn every_file_that_a_document_names_exists() {
    let mut named = BTreeSet::new();
    for document in DOCUMENTS {
        let text = fs::read_to_string(repository().join(document)).unwrap();
        let spans = code_spans(&text);
        let spans = spans
            .iter()
            .filter(|span| ROOTS.iter().any(|root| span.starts_with(root)) && !span.contains(' '));
        for path in spans.flat_map(|span| paths(span)) {
            assert!(repository().join(&path).exists(), "{document}: no {path}");
            named.insert(path);
        }
    }
    assert!(named.len() > 60, "only {} files", named.len());
}

/// Rows of `ARCHITECTURE.md`: question, file, a word in it.
#[test]
fn questions_are_answered_where_the_architecture_says() {
    let text = fs::read_to_string(repository().join("ARCHITECTURE.md")).unwrap();
    let start = text.find("## Where is").expect("the section of questions");
    let rows = text[start..]
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains('?'));
    let mut answered = 0;
    for row in rows {
        let spans = code_spans(row);
        // The question may have code in it, too.
        let [.., file, word] = spans[..] else {
            panic!("a file and a word: {row}");
        };
        let content = fs::read_to_string(repository().join(file)).unwrap();
        assert!(content.contains(word), "no {word} in {file}: {row}");
        answered += 1;
    }
    assert!(answered >= 10, "{answered} questions");
}
