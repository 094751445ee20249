//! The part of `spin.toml` that building needs: which components there are, and where each `.wasm`
//! is expected. What they may reach and where they are routed is the host's concern.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// A component of the app. Its id is also the name of the package that builds it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) id: String,
    /// Where the manifest looks for the built file, relative to the manifest.
    pub(crate) source: PathBuf,
}

#[derive(Deserialize)]
struct SpinToml {
    component: BTreeMap<String, ComponentTable>,
}

#[derive(Deserialize)]
struct ComponentTable {
    source: PathBuf,
}

pub(crate) fn components(manifest: &Path) -> Result<Vec<Component>> {
    let text = fs::read_to_string(manifest)
        .with_context(|| format!("cannot read {}", manifest.display()))?;
    parse(&text).with_context(|| format!("cannot use {}", manifest.display()))
}

fn parse(text: &str) -> Result<Vec<Component>> {
    let manifest: SpinToml = toml::from_str(text)?;
    let components = manifest.component.into_iter();
    Ok(components.map(|(id, table)| Component { id, source: table.source }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_component_is_found_with_its_source() {
        let text = r#"
            spin_manifest_version = 2
            [component.task-api]
            source = "target/wasm32-wasip2/release/task_api.wasm"
            allowed_outbound_hosts = ["http://localhost:3500"]
            [component.edge]
            source = "target/wasm32-wasip2/release/edge.wasm"
        "#;
        let ids: Vec<String> = parse(text).unwrap().into_iter().map(|c| c.id).collect();
        assert_eq!(ids, ["edge", "task-api"]);
        assert_eq!(
            parse(text).unwrap()[1].source,
            Path::new("target/wasm32-wasip2/release/task_api.wasm")
        );
    }

    #[test]
    fn a_component_that_names_no_local_file_is_an_error() {
        let text = r#"
            [component.edge]
            source = { url = "https://example.com/edge.wasm", digest = "sha256:00" }
        "#;
        assert!(parse(text).unwrap_err().to_string().contains("source"));
    }
}
