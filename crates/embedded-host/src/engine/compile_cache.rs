//! Components compiled once: machine code kept on disk under the hash of the wasm and the engine.
//!
//! The cache folder holds native code that is executed as is, so it belongs to the user who runs
//! the host; a file that this engine did not write is never found, since its name would differ.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

/// One wasm file to compile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileSource {
    /// For messages: the first component that uses the file.
    pub component: String,
    pub wasm: PathBuf,
}

/// Told to the operator while components are prepared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompileProgress {
    Compiling { component: String, wasm_bytes: usize },
    Compiled { component: String, took: Duration },
    FromCache { component: String, took: Duration },
}

#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    #[error("component {component}: cannot read {wasm}; has it been built?")]
    Read { component: String, wasm: PathBuf, source: std::io::Error },
    #[error("component {component}: {wasm} is not a WASI 0.2 component")]
    Compile { component: String, wasm: PathBuf, source: wasmtime::Error },
}

pub(crate) struct Compiled {
    pub(crate) source: CompileSource,
    pub(crate) component: Component,
}

/// Compiles all sources, each on a thread of its own, and reports every failure.
pub(crate) fn compile_all(
    engine: &Engine,
    sources: Vec<CompileSource>,
    cache_dir: Option<&Path>,
    progress: &(dyn Fn(CompileProgress) + Send + Sync),
) -> Result<Vec<Compiled>, Vec<CompileError>> {
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let start = |source: CompileSource| {
            scope.spawn(move || compile(engine, source, cache_dir, progress))
        };
        let threads: Vec<_> = sources.into_iter().map(start).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(outcome) => outcome,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().map(join).collect()
    });
    let mut compiled = Vec::new();
    let mut errors = Vec::new();
    for outcome in outcomes {
        match outcome {
            Ok(component) => compiled.push(component),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(compiled) } else { Err(errors) }
}

fn compile(
    engine: &Engine,
    source: CompileSource,
    cache_dir: Option<&Path>,
    progress: &(dyn Fn(CompileProgress) + Send + Sync),
) -> Result<Compiled, CompileError> {
    let started = Instant::now();
    let wasm = std::fs::read(&source.wasm).map_err(|error| CompileError::Read {
        component: source.component.clone(),
        wasm: source.wasm.clone(),
        source: error,
    })?;
    let cached = cache_dir.map(|folder| folder.join(cache_name(engine, &wasm)));
    if let Some(component) = cached.as_deref().and_then(|path| load(engine, path)) {
        let name = source.component.clone();
        progress(CompileProgress::FromCache { component: name, took: started.elapsed() });
        return Ok(Compiled { source, component });
    }
    let name = source.component.clone();
    progress(CompileProgress::Compiling { component: name, wasm_bytes: wasm.len() });
    let component = Component::from_binary(engine, &wasm).map_err(|error| {
        let (component, wasm) = (source.component.clone(), source.wasm.clone());
        CompileError::Compile { component, wasm, source: error }
    })?;
    if let Some(path) = cached {
        // Without the cache the next start is slower, and that is all.
        if let Err(error) = store(&component, &path) {
            tracing::warn!(%error, path = %path.display(), "a compiled component was not cached");
        }
    }
    let name = source.component.clone();
    progress(CompileProgress::Compiled { component: name, took: started.elapsed() });
    Ok(Compiled { source, component })
}

fn cache_name(engine: &Engine, wasm: &[u8]) -> String {
    let mut compatibility = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut compatibility);
    let digest: String = Sha256::digest(wasm).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digest}-{:016x}.cwasm", compatibility.finish())
}

/// A missing or damaged file is a miss: the component is compiled again.
#[expect(unsafe_code, reason = "machine code from our own cache is trusted, see the module")]
fn load(engine: &Engine, path: &Path) -> Option<Component> {
    if !path.exists() {
        return None;
    }
    // SAFETY: the file was written by `store` below, for this engine, into a private folder.
    match unsafe { Component::deserialize_file(engine, path) } {
        Ok(component) => Some(component),
        Err(error) => {
            tracing::warn!(%error, path = %path.display(), "a cached component is unusable");
            None
        }
    }
}

/// Renamed into place, so that a half-written file never has the final name.
fn store(component: &Component, path: &Path) -> wasmtime::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_private_folder(folder)?;
    let code = component.serialize()?;
    let draft = path.with_extension(format!("{:016x}.draft", rand::random::<u64>()));
    std::fs::write(&draft, code)?;
    std::fs::rename(&draft, path)?;
    Ok(())
}

fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
