//! Who may depend on whom. The whole graph of the workspace is a golden; what must never be in it
//! is said apart, so that blessing the golden cannot allow it.

use std::collections::BTreeSet;
use std::process::Command;

use expect_test::expect_file;
use serde_json::Value;

use crate::checkout::{assert_none, packages_in, root};

/// What would make the rules of tasks depend on a wire, a runtime, a clock or chance.
const NEVER_IN_THE_DOMAIN: [&str; 11] = [
    "serde",
    "serde_core",
    "serde_json",
    "tokio",
    "futures",
    "http",
    "spin-sdk",
    "wasi",
    "wit-bindgen",
    "rand",
    "getrandom",
];

#[derive(Debug, PartialEq)]
struct Edge {
    from: String,
    to: String,
    /// `None` for an ordinary dependency, else `dev` or `build`.
    kind: Option<String>,
    within_workspace: bool,
}

#[test]
fn the_workspace_depends_as_the_golden_says() {
    let mut lines: Vec<String> =
        edges().iter().filter(|edge| edge.within_workspace).map(line).collect();
    lines.sort();
    expect_file!["../golden/dependencies.txt"].assert_eq(&(lines.join("\n") + "\n"));
}

#[test]
fn nothing_depends_on_a_component() {
    assert_none(
        "a component is a dependency",
        &on_components(&edges(), &packages_in("components")),
    );
}

#[test]
fn only_adapters_and_components_depend_on_the_sdk() {
    let mut allowed = packages_in("components");
    allowed.push("spin-adapters".to_owned());
    let found = outside(&edges(), |to| to.starts_with("spin-"), &allowed);
    // The adapters are a crate of the workspace with a name that begins alike.
    let found: Vec<_> =
        found.into_iter().filter(|line| !line.contains("> spin-adapters")).collect();
    assert_none("a dependency on the SDK", &found);
}

#[test]
fn only_the_host_depends_on_wasmtime() {
    let allowed = ["embedded-host".to_owned()];
    assert_none("wasmtime", &outside(&edges(), |to| to.starts_with("wasmtime"), &allowed));
}

#[test]
fn hosts_know_no_task() {
    let tasks = ["task-domain", "task-contracts", "task-store", "task-app", "spin-adapters"];
    let of_hosts = edges()
        .into_iter()
        .filter(|edge| edge.from.starts_with("embedded-") && tasks.contains(&edge.to.as_str()));
    assert_none("a host knows tasks", &of_hosts.map(|edge| line(&edge)).collect::<Vec<_>>());
}

#[test]
fn the_domain_is_pure_all_the_way_down() {
    let tree = cargo(&[
        "tree",
        "--package",
        "task-domain",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--target",
        "wasm32-wasip2",
    ]);
    let crates: BTreeSet<&str> =
        tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(crates.contains("task-domain"), "the tree of task-domain: {tree}");
    let impure = NEVER_IN_THE_DOMAIN.iter().filter(|name| crates.contains(*name));
    let impure: Vec<_> = impure.map(|name| (*name).to_owned()).collect();
    assert_none("task-domain depends on", &impure);
}

#[test]
fn offenders_are_seen() {
    let edge = |from: &str, to: &str| Edge {
        from: from.to_owned(),
        to: to.to_owned(),
        kind: None,
        within_workspace: true,
    };
    let edges = [edge("task-app", "edge"), edge("task-app", "wasmtime-wasi")];
    assert_eq!(on_components(&edges, &["edge".to_owned()]), ["task-app -> edge"]);
    let wasmtime = outside(&edges, |to| to.starts_with("wasmtime"), &["embedded-host".to_owned()]);
    assert_eq!(wasmtime, ["task-app -> wasmtime-wasi"]);
}

fn on_components(edges: &[Edge], components: &[String]) -> Vec<String> {
    edges.iter().filter(|edge| components.contains(&edge.to)).map(line).collect()
}

fn outside(edges: &[Edge], guarded: impl Fn(&str) -> bool, allowed: &[String]) -> Vec<String> {
    let offending = edges.iter().filter(|edge| guarded(&edge.to) && !allowed.contains(&edge.from));
    offending.map(line).collect()
}

fn line(edge: &Edge) -> String {
    let kind = edge.kind.as_ref().map(|kind| format!(" ({kind})")).unwrap_or_default();
    format!("{} -> {}{kind}", edge.from, edge.to)
}

/// The direct dependencies of the workspace's packages, from their manifests.
fn edges() -> Vec<Edge> {
    let text = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&text).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let names: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut edges = Vec::new();
    for package in packages {
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let to = dependency["name"].as_str().expect("a name");
            edges.push(Edge {
                from: package["name"].as_str().expect("a name").to_owned(),
                to: to.to_owned(),
                kind: dependency["kind"].as_str().map(str::to_owned),
                within_workspace: names.contains(to),
            });
        }
    }
    edges
}

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}
