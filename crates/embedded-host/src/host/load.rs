//! From a manifest to a running application: resolve, check, compile, link.
//!
//! What is wrong with words comes before what is slow, so that a typo costs no compilation.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use wasmtime::Engine;
use wasmtime::component::{Component as WasmComponent, Linker};
use wasmtime_wasi_http::p2::bindings::ProxyPre;

use super::{Host, HostBuilder, StartError};
use crate::admission::Admission;
use crate::application::{Application, Component};
use crate::engine::{self, CompileSource, EpochTicker};
use crate::guest::{self, GuestState};
use crate::host_calls::HostCalls;
use crate::key_value::{Store, Stores};
use crate::manifest::ComponentManifest;
use crate::metrics::Metrics;
use crate::outbound::{AllowedHosts, PooledClient};
use crate::postgres::Pools;
use crate::routing::Router;
use crate::sqlite::{Database, Databases};
use crate::variables::Variables;

/// A component in words, before its wasm is opened.
struct Described {
    manifest: ComponentManifest,
    wasm: PathBuf,
    variables: BTreeMap<String, String>,
    allowed_hosts: AllowedHosts,
    databases: BTreeMap<String, Arc<Database>>,
    stores: BTreeMap<String, Arc<Store>>,
}

pub(super) async fn application(builder: HostBuilder) -> Result<Host, StartError> {
    let manifest = &builder.manifest;
    let limits = builder.effective_limits();
    let metrics = Metrics::new();
    let variables = Variables::resolve(&manifest.variables, &builder.variable_sources())?;
    let router = Router::build(&manifest.triggers)?;
    let databases = Databases::new(
        builder.effective_state_dir(),
        &builder.runtime_config.sqlite_databases,
        &metrics.sqlite_wait_seconds,
    )?;
    let stores =
        Stores::new(builder.effective_state_dir(), &builder.runtime_config.key_value_stores)?;
    let mut described = Vec::new();
    for component in manifest.components.values() {
        described.push(describe(component, &builder.base_dir, &variables, &databases, &stores)?);
    }
    let calls = HostCalls::new(builder.crash_at, builder.host_call_log.as_deref())?;
    let engine = engine::build(limits.engine)?;
    let clock = builder.effective_clock();
    let (name, version) = (manifest.name.clone(), manifest.version.clone());
    let authorities = builder.authorities;
    let (compiling, cache_dir, progress) = (engine.clone(), builder.cache_dir, builder.progress);
    let link = move || link_all(&compiling, described, cache_dir.as_deref(), &progress);
    let components = match tokio::task::spawn_blocking(link).await {
        Ok(linked) => linked?,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    let app = Application {
        name,
        version,
        router,
        components,
        authorities,
        client: PooledClient::new(),
        clock,
        calls: Arc::new(calls),
        limits,
        admission: Admission::new(
            limits.engine.max_instances,
            limits.max_streams,
            limits.queue_wait,
        ),
        metrics,
        tasks: TaskTracker::new(),
        connections: TaskTracker::new(),
        stop: CancellationToken::new(),
        address: OnceLock::new(),
        _ticker: EpochTicker::start(&engine).map_err(|source| StartError::Epoch { source })?,
    };
    Ok(Host { app: Arc::new(app), closing: CancellationToken::new() })
}

fn describe(
    manifest: &ComponentManifest,
    base_dir: &Path,
    application: &Variables,
    databases: &Databases,
    stores: &Stores,
) -> Result<Described, StartError> {
    let id = &manifest.id;
    let mut variables = BTreeMap::new();
    for (name, text) in &manifest.variables {
        let value = application.render(text).map_err(|source| StartError::ComponentVariable {
            component: id.clone(),
            variable: name.clone(),
            source,
        })?;
        variables.insert(name.clone(), value);
    }
    let mut entries = Vec::new();
    for entry in &manifest.allowed_outbound_hosts {
        let rendered = application.render(entry);
        entries.push(rendered.map_err(|source| StartError::AllowedHostTemplate {
            component: id.clone(),
            entry: entry.clone(),
            source,
        })?);
    }
    let allowed_hosts = AllowedHosts::parse(entries.iter().map(String::as_str))
        .map_err(|faults| StartError::AllowedHosts { component: id.clone(), faults })?;
    let databases = databases.granted(id, &manifest.sqlite_databases)?;
    let stores = stores.granted(id, &manifest.key_value_stores)?;
    let wasm = base_dir.join(&manifest.source);
    let manifest = manifest.clone();
    Ok(Described { manifest, wasm, variables, allowed_hosts, databases, stores })
}

/// Two components of one wasm file share its code.
fn link_all(
    engine: &Engine,
    described: Vec<Described>,
    cache_dir: Option<&Path>,
    progress: &(dyn Fn(engine::CompileProgress) + Send + Sync),
) -> Result<BTreeMap<String, Arc<Component>>, StartError> {
    let mut sources: Vec<CompileSource> = Vec::new();
    for component in &described {
        if !sources.iter().any(|source| source.wasm == component.wasm) {
            let (component, wasm) = (component.manifest.id.clone(), component.wasm.clone());
            sources.push(CompileSource { component, wasm });
        }
    }
    let compiled = engine::compile_all(engine, sources, cache_dir, progress)
        .map_err(|errors| StartError::Compile { errors })?;
    let by_wasm: BTreeMap<_, _> =
        compiled.into_iter().map(|one| (one.source.wasm, one.component)).collect();
    let linker = guest::linker(engine).map_err(|source| StartError::Linker { source })?;
    let mut components = BTreeMap::new();
    for one in described {
        let id = one.manifest.id.clone();
        let component = link(&linker, one, &by_wasm)?;
        components.insert(id, Arc::new(component));
    }
    Ok(components)
}

fn link(
    linker: &Linker<GuestState>,
    described: Described,
    by_wasm: &BTreeMap<PathBuf, WasmComponent>,
) -> Result<Component, StartError> {
    let id = described.manifest.id;
    let wasm = &by_wasm[&described.wasm];
    let pre = linker
        .instantiate_pre(wasm)
        .map_err(|source| StartError::Imports { component: id.clone(), source })?;
    let pre = ProxyPre::new(pre).map_err(|source| StartError::Exports {
        component: id.clone(),
        wasm: described.wasm,
        source,
    })?;
    Ok(Component {
        id,
        pre,
        environment: described.manifest.environment,
        variables: described.variables,
        allowed_hosts: described.allowed_hosts,
        databases: described.databases,
        stores: described.stores,
        postgres: Pools::default(),
    })
}
