//! Each built component: it fits its world, imports what its golden lists, and stays small.

use std::path::PathBuf;

use expect_test::expect_file;
use toml::Table;
use wit_component::DecodedWasm;
use wit_parser::{PackageId, Resolve};

use crate::checkout::{File, assert_none, file, files, packages_in, root};

/// A cold node fetches and compiles every component before it serves. The largest has 3.3 MB, of
/// which time zones are 0.9, signatures 0.8 and host names in any script 0.2; past this, something
/// came in that nobody looked at.
const COMPONENT_BYTES_MAX: usize = 4 << 20;

struct Component {
    name: String,
    bytes: Vec<u8>,
}

#[test]
fn the_manifest_runs_exactly_the_components_there_are() {
    let mut wired: Vec<String> = sources().into_iter().map(|(name, _)| name).collect();
    wired.sort();
    assert_eq!(wired, packages_in("components"));
}

#[test]
fn every_component_fits_its_world() {
    let (resolve, package) = worlds();
    let misfits: Vec<String> =
        built().iter().filter_map(|component| misfit(&resolve, package, component)).collect();
    assert_none("a component asks for more than its world in wit/worlds.wit", &misfits);
}

#[test]
fn every_component_imports_what_its_golden_lists() {
    for component in built() {
        let golden =
            root().join(format!("tests/architecture/golden/imports/{}.txt", component.name));
        expect_file![golden].assert_eq(&interfaces(&component));
    }
}

#[test]
fn every_component_is_small() {
    let large = built().into_iter().filter(|component| component.bytes.len() > COMPONENT_BYTES_MAX);
    let large: Vec<_> = large.map(|c| format!("{}: {} bytes", c.name, c.bytes.len())).collect();
    assert_none(&format!("more than {COMPONENT_BYTES_MAX} bytes"), &large);
}

#[test]
fn a_component_without_a_world_or_with_an_import_too_many_is_seen() {
    let (resolve, package) = worlds();
    let writer = built().into_iter().find(|component| component.name == "task-api");
    let Component { bytes, .. } = writer.expect("task-api");
    let disguised = Component { name: "edge".to_owned(), bytes };
    let misfit_of_edge = misfit(&resolve, package, &disguised).expect("edge may not publish");
    assert!(misfit_of_edge.contains("wasi:http/outgoing-handler"), "{misfit_of_edge}");
    let stranger = Component { name: "stranger".to_owned(), ..disguised };
    assert!(misfit(&resolve, package, &stranger).is_some());
}

#[test]
fn the_embedded_host_offers_what_the_worlds_ask_for() {
    let of_host =
        files().iter().filter(|file| file.path.starts_with("crates/embedded-host/wit/deps/"));
    let ours = |offered: &File| {
        let path = offered.path.replacen("crates/embedded-host/wit/deps", "wit/deps", 1);
        files().iter().find(|file| file.path == path)
    };
    // What the host offers beyond the worlds is for components to come.
    let pairs = of_host.filter_map(|offered| Some((offered, ours(offered)?)));
    let differing = pairs.filter(|(offered, asked)| without_prose(offered) != without_prose(asked));
    let differing: Vec<_> = differing.map(|(offered, _)| offered.path.clone()).collect();
    assert_none("an interface of Spin that wit/deps declares otherwise", &differing);
}

/// The declarations of a WIT file, however they are spaced and explained.
fn without_prose(file: &File) -> String {
    let lines = file.text.lines().map(|line| line.split("//").next().unwrap_or_default());
    let dense: String = lines.collect::<String>().split_whitespace().collect();
    dense.replace(",}", "}")
}

/// Name and wasm of every component, as `spin.toml` has them.
fn sources() -> Vec<(String, PathBuf)> {
    let manifest: Table = file("spin.toml").text.parse().expect("spin.toml");
    let components = manifest["component"].as_table().expect("components");
    let path = |entry: &toml::Value| {
        entry.get("source").and_then(|source| source.as_str()).map(PathBuf::from)
    };
    let wasm = components.iter().filter_map(|(name, entry)| Some((name.clone(), path(entry)?)));
    wasm.collect()
}

fn built() -> Vec<Component> {
    let read = |(name, source): (String, PathBuf)| {
        let bytes = std::fs::read(root().join(&source)).unwrap_or_else(|error| {
            panic!("{}: {error}; run `cargo xtask build` first", source.display())
        });
        Component { name, bytes }
    };
    sources().into_iter().map(read).collect()
}

fn worlds() -> (Resolve, PackageId) {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root().join("wit")).expect("wit/ parses");
    (resolve, package)
}

fn misfit(resolve: &Resolve, package: PackageId, component: &Component) -> Option<String> {
    let fits = resolve
        .select_world(&[package], Some(&component.name))
        // The SDK mixes patch levels of WASI 0.2, which mean the same.
        .and_then(|world| wit_component::targets(resolve, world, &component.bytes, true));
    fits.err().map(|error| format!("{}: {error:#}", component.name))
}

fn interfaces(component: &Component) -> String {
    let decoded = wit_component::decode(&component.bytes).expect(&component.name);
    let DecodedWasm::Component(resolve, world) = decoded else {
        panic!("{} is no component", component.name)
    };
    let world = &resolve.worlds[world];
    let imports = world.imports.keys().map(|key| ("import", key));
    let exports = world.exports.keys().map(|key| ("export", key));
    let lines = imports.chain(exports);
    let mut lines: Vec<_> =
        lines.map(|(way, key)| format!("{way} {}\n", resolve.name_world_key(key))).collect();
    lines.sort();
    lines.concat()
}
