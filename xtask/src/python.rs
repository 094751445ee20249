//! Python environments of our own, so that neither the system's packages nor a person's decide what
//! runs. It knows nothing of what they are for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::packages::succeeds;
use crate::program;

/// A library in the version that is to be there, no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pinned {
    pub(crate) name: String,
    pub(crate) version: String,
}

impl Pinned {
    pub(crate) fn new(name: &str, version: &str) -> Self {
        Pinned { name: name.to_owned(), version: version.to_owned() }
    }
}

/// The interpreter of the environment of this name, made anew when a library is not as pinned.
pub(crate) fn environment(name: &str, libraries: &[Pinned]) -> Result<PathBuf> {
    let folder = cache_folder()?.join(name);
    let python = folder.join("bin/python");
    if has_all(&python, libraries) {
        return Ok(python);
    }
    let wanted: Vec<String> =
        libraries.iter().map(|library| format!("{}=={}", library.name, library.version)).collect();
    eprintln!("Installing {} into {}.", wanted.join(", "), folder.display());
    program::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    program::run(Command::new(&python).args(pip).args(&wanted))?;
    Ok(python)
}

/// A file of `name==version` lines, as pip reads it too.
pub(crate) fn requirements(file: &Path) -> Result<Vec<Pinned>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| match line.split_once("==") {
            Some((name, version)) => Ok(Pinned::new(name, version)),
            None => bail!("{}: {line:?} is not pinned with ==", file.display()),
        })
        .collect()
}

fn has_all(python: &Path, libraries: &[Pinned]) -> bool {
    let checks = libraries.iter().map(|Pinned { name, version }| {
        format!("assert importlib.metadata.version('{name}') == '{version}'")
    });
    let probe = format!("import importlib.metadata\n{}", checks.collect::<Vec<_>>().join("\n"));
    succeeds(&python.to_string_lossy(), &["-c", &probe])
}

/// Outside of the checkout, so that the next clone finds it there.
fn cache_folder() -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = cache.or_else(home).context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("taskmaster"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Pinned>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("requirements.txt");
        fs::write(&file, text).unwrap();
        requirements(&file)
    }

    #[test]
    fn requirements_are_pinned_libraries() {
        let pinned = read("# The web.\nfastapi==0.165.0\n\nPyJWT==2.15.1\n").unwrap();
        assert_eq!(pinned, [Pinned::new("fastapi", "0.165.0"), Pinned::new("PyJWT", "2.15.1")]);
    }

    #[test]
    fn a_library_of_any_version_is_refused() {
        let error = read("fastapi>=0.1\n").unwrap_err().to_string();
        assert!(error.ends_with("\"fastapi>=0.1\" is not pinned with =="), "{error}");
    }
}
