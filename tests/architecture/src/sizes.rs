//! How large things may grow, and that each file says what it is.

use crate::checkout::{File, assert_none, rust_files};
use crate::tokens;

/// A shell holds no decisions, so it has nothing to fill more than two screens with.
const SHELL_LINES_MAX: usize = 120;

/// Past this nobody reads a module from top to bottom.
const MODULE_LINES_MAX: usize = 500;

/// What fits on a screen can be checked at a glance.
const FUNCTION_LINES_MAX: usize = 70;

/// Two files side by side, and what `rustfmt` is told.
const COLUMNS_MAX: usize = 100;

#[test]
fn shells_are_thin() {
    let shells = rust_files().filter(|file| file.path.starts_with("components/"));
    assert_none(
        "a shell is too long",
        &shells.filter_map(|f| over(f, SHELL_LINES_MAX)).collect::<Vec<_>>(),
    );
}

#[test]
fn modules_are_read_in_one_sitting() {
    let long: Vec<_> = rust_files().filter_map(|file| over(file, MODULE_LINES_MAX)).collect();
    assert_none("a module is too long", &long);
}

#[test]
fn functions_fit_on_a_screen() {
    let long: Vec<_> = rust_files().flat_map(long_functions).collect();
    assert_none("a function is too long", &long);
}

#[test]
fn lines_are_at_most_a_hundred_columns() {
    let long: Vec<_> = rust_files().flat_map(long_lines).collect();
    assert_none("a line is too long", &long);
}

#[test]
fn every_module_opens_with_what_it_owns() {
    let silent = rust_files().filter(|file| !opens_with_a_purpose(file));
    let silent: Vec<_> = silent.map(|file| file.path.clone()).collect();
    assert_none("the first line is not `//!`", &silent);
}

#[test]
fn offenders_are_seen() {
    let lines = "//! Owns lines.\n".repeat(MODULE_LINES_MAX + 1);
    assert!(over(&File::new("crates/x/src/a.rs", &lines), MODULE_LINES_MAX).is_some());

    let body = "    a();\n".repeat(FUNCTION_LINES_MAX);
    let function = File::new("crates/x/src/a.rs", &format!("fn long() {{\n{body}}}\n"));
    assert_eq!(long_functions(&function), ["crates/x/src/a.rs:1 `long` has 72 lines"]);

    let wide = File::new("crates/x/src/a.rs", &format!("//! é\n// {}\n", "é".repeat(98)));
    assert_eq!(long_lines(&wide), ["crates/x/src/a.rs:2 has 101 columns"]);
    let wide_data = format!("//! A.\nconst A: &str = \"\n{}\";\n", "é".repeat(101));
    assert!(long_lines(&File::new("crates/x/src/a.rs", &wide_data)).is_empty());
    assert!(!opens_with_a_purpose(&File::new("crates/x/src/a.rs", "use a::b;\n")));
}

fn over(file: &File, lines_max: usize) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > lines_max).then(|| format!("{} has {lines} lines", file.path))
}

fn long_functions(file: &File) -> Vec<String> {
    let functions = tokens::functions(file).into_iter();
    let long = functions.filter(|function| function.lines > FUNCTION_LINES_MAX);
    long.map(|f| format!("{}:{} `{}` has {} lines", file.path, f.line, f.name, f.lines)).collect()
}

/// What a program prints keeps its width, so the lines of a longer string are not counted.
fn long_lines(file: &File) -> Vec<String> {
    let data = tokens::lines_of_data(file);
    let widths = file.text.lines().enumerate().map(|(at, line)| (at + 1, line.chars().count()));
    let long = widths.filter(|(line, columns)| *columns > COLUMNS_MAX && !data.contains(line));
    long.map(|(line, columns)| format!("{}:{line} has {columns} columns", file.path)).collect()
}

fn opens_with_a_purpose(file: &File) -> bool {
    file.text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 5)
}
