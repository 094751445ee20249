//! Words that have no place in the project: promises for later, and names that name nothing.

use crate::checkout::{File, assert_none, files, rust_files};

/// Spelt apart, so that this file does not find itself.
const PROMISES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// A module is named for what it owns.
const EMPTY_NAMES: [&str; 5] = ["utils", "util", "helpers", "common", "misc"];

#[test]
fn nothing_is_promised_for_later() {
    let found: Vec<_> = files().iter().flat_map(promises).collect();
    assert_none("do it, or leave it out", &found);
}

#[test]
fn every_module_is_named_for_what_it_owns() {
    let found: Vec<_> = rust_files().filter_map(empty_name).collect();
    assert_none("a name that names nothing", &found);
}

#[test]
fn offenders_are_seen() {
    let file = File::new("a.rs", &format!("//! A.\n// {}: later\n", PROMISES[0]));
    assert_eq!(promises(&file), ["a.rs:2"]);
    // A word that merely contains one is another word.
    assert!(promises(&File::new("a.rs", &format!("let {}S = 1;", PROMISES[0]))).is_empty());
    assert!(empty_name(&File::new("crates/x/src/utils/a.rs", "")).is_some());
    assert!(empty_name(&File::new("crates/x/src/helpers.rs", "")).is_some());
    assert!(empty_name(&File::new("crates/x/src/utilisation.rs", "")).is_none());
}

fn promises(file: &File) -> Vec<String> {
    let lines = file.text.lines().enumerate();
    let found = lines.filter(|(_, line)| PROMISES.iter().any(|word| contains_word(line, word)));
    found.map(|(at, _)| format!("{}:{}", file.path, at + 1)).collect()
}

fn contains_word(line: &str, word: &str) -> bool {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word)
}

fn empty_name(file: &File) -> Option<String> {
    let path = file.path.trim_end_matches(".rs");
    let empty = path.split('/').any(|part| EMPTY_NAMES.contains(&part));
    empty.then(|| file.path.clone())
}
