//! Every package says what it is for, keeps the workspace's rules, and stands on the map.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::checkout::{File, assert_none, file, files, packages_in};

/// What a package takes from the workspace instead of deciding it for itself.
const INHERITED: [&str; 4] = ["version", "edition", "rust-version", "license"];

const MAP: &str = "docs/ARCHITECTURE.md";

#[test]
fn every_package_inherits_the_lints_and_says_what_it_is_for() {
    let found: Vec<_> = members().flat_map(faults).collect();
    assert_none("a manifest that goes its own way", &found);
}

#[test]
fn the_map_lists_exactly_the_crates_and_components() {
    let mut wanted = BTreeSet::new();
    for parent in ["crates", "components"] {
        wanted.extend(packages_in(parent).iter().map(|name| format!("{parent}/{name}")));
    }
    let listed = listed_on_the_map(&file(MAP).text);
    let missing = wanted.difference(&listed).map(|name| format!("{name} is not on the map"));
    let stale = listed.difference(&wanted).map(|name| format!("{name} does not exist"));
    assert_none(&format!("{MAP}, section \"Code map\""), &missing.chain(stale).collect::<Vec<_>>());
}

#[test]
fn offenders_are_seen() {
    let bare = File::new("crates/x/Cargo.toml", "[package]\nname = \"x\"\nversion = \"1.0.0\"\n");
    expect_test::expect![[r#"
        crates/x/Cargo.toml: lints.workspace is not true
        crates/x/Cargo.toml: version is not inherited
        crates/x/Cargo.toml: edition is not inherited
        crates/x/Cargo.toml: rust-version is not inherited
        crates/x/Cargo.toml: license is not inherited
        crates/x/Cargo.toml: no description of one line"#]]
    .assert_eq(&faults(&bare).join("\n"));

    let map = "# A\n`crates/no` \n## Code map\n`crates/a` and components/b-c, `crates/a/src/x.rs`\n\
               ## Next\ncrates/not-here\n";
    let listed: Vec<String> = listed_on_the_map(map).into_iter().collect();
    assert_eq!(listed, ["components/b-c", "crates/a"]);
}

/// The packages of the workspace. A guest of the host's tests is a workspace of its own.
fn members() -> impl Iterator<Item = &'static File> {
    let manifests = files().iter().filter(|file| file.path.ends_with("/Cargo.toml"));
    manifests.filter(|file| !file.path.contains("/guests/"))
}

fn faults(manifest: &File) -> Vec<String> {
    let table: Table = manifest.text.parse().expect(&manifest.path);
    let inherits = |value: Option<&Value>| {
        value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
    };
    let mut faults = Vec::new();
    if !inherits(table.get("lints")) {
        faults.push(format!("{}: lints.workspace is not true", manifest.path));
    }
    let package = table.get("package");
    for key in INHERITED {
        if !inherits(package.and_then(|package| package.get(key))) {
            faults.push(format!("{}: {key} is not inherited", manifest.path));
        }
    }
    let description = package.and_then(|package| package.get("description"));
    match description.and_then(Value::as_str) {
        Some(text) if !text.contains('\n') && text.contains(' ') => {}
        _ => faults.push(format!("{}: no description of one line", manifest.path)),
    }
    faults
}

/// What the section "Code map" names as `crates/<name>` or `components/<name>`.
fn listed_on_the_map(text: &str) -> BTreeSet<String> {
    let after = text.split_once("\n## Code map").map(|(_, after)| after).unwrap_or_default();
    let section = after.split_once("\n## ").map_or(after, |(section, _)| section);
    let words = section.split(|c: char| !c.is_ascii_alphanumeric() && !"-_/.".contains(c));
    let named = words.filter_map(|word| {
        let (parent, rest) = word.split_once('/')?;
        let name = rest.split(['/', '.']).next().filter(|name| !name.is_empty())?;
        matches!(parent, "crates" | "components").then(|| format!("{parent}/{name}"))
    });
    named.collect()
}
