//! Where programs are: what a person names, else what was built into the cache, else the packages
//! of the system. It installs nothing.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A sidecar of one's own instead of the one that is built.
pub const DAPRD: &str = "DAPRD";
/// A scheduler of one's own.
pub const SCHEDULER: &str = "DAPR_SCHEDULER";
/// A Kafka distribution of one's own: the folder above `libs`.
pub const KAFKA_HOME: &str = "KAFKA_HOME";
/// A Redis server of one's own.
pub const REDIS_SERVER: &str = "REDIS_SERVER";
/// RabbitMQ's start script of one's own.
pub const RABBITMQ_SERVER: &str = "RABBITMQ_SERVER";

/// Outside of the checkout, so that the next clone finds it there; a folder for each version, so
/// that a newer one never starts on what an older one built.
pub fn folder_of(engine: &str, version: &str) -> Result<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = cache.or_else(home).context("neither XDG_CACHE_HOME nor HOME is set")?;
    Ok(cache.join("taskmaster/engines").join(format!("{engine}-{version}")))
}

/// What the variable names, which must exist.
pub(crate) fn named_by(variable: &str) -> Result<Option<PathBuf>> {
    let Some(named) = env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let named = PathBuf::from(named);
    if !named.exists() {
        bail!("{variable} names {}, and there is nothing", named.display());
    }
    Ok(Some(named))
}

/// The program, or how to get it.
pub(crate) fn present(program: PathBuf, engine: &str, variable: &str) -> Result<PathBuf> {
    if !program.exists() {
        bail!(
            "there is no {}; run `cargo xtask engines build {engine}`, or set {variable}",
            program.display()
        );
    }
    Ok(program)
}

/// The first of these that exists; Debian keeps servers outside of an ordinary user's path.
pub(crate) fn of_the_system(candidates: &[&str], engine: &str, variable: &str) -> Result<PathBuf> {
    if let Some(named) = named_by(variable)? {
        return Ok(named);
    }
    let found = candidates.iter().map(Path::new).find(|candidate| candidate.is_file());
    match found {
        Some(found) => Ok(found.to_owned()),
        None => bail!(
            "{engine} is not installed; run `cargo xtask engines build {engine}`, or set {variable}"
        ),
    }
}

/// A folder for its owner alone, as a store of keys or jobs demands.
pub(crate) fn private_folder(folder: &Path) -> Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).with_context(|| format!("cannot make {}", folder.display()))
}
