//! `up`: start everything in order, serve, and end in the reverse order.

mod metrics_listener;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use embedded_host::clock::WrongClock;
use embedded_host::{
    CompileProgress, Drained, Host, HostBuilder, Manifest, RuntimeConfig, SidecarLink,
};
use tokio::net::TcpListener;

use super::drain::StopSignal;
use super::{UpArguments, ready, sidecar, variables};

/// Compiled components live beside the state unless told otherwise.
const CACHE_FOLDER: &str = "compiled";

pub(super) async fn up(arguments: UpArguments) -> anyhow::Result<()> {
    let mut stop = StopSignal::listen()?;
    let environment = variables::environment(&arguments.env_files)?;
    // Bound before the slow part, so that a taken port is told at once.
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot serve on {}", arguments.listen))?;
    let address = listener.local_addr().context("the listener has no address")?;
    let link = SidecarLink::default();
    let mut builder = builder(&arguments, environment.clone())?;
    if !arguments.sidecar.no_sidecar {
        builder = link.join(builder, [arguments.sidecar.sidecar_authority.as_str()]);
    }
    let host = builder.build().await.context("the application does not start")?;
    host.announce(address);
    if let Some(address) = arguments.metrics_listen {
        metrics_listener::start(&host, address).await?;
    }
    let serving = tokio::spawn({
        let host = host.clone();
        async move { host.serve(listener).await }
    });
    // After the application answers: the sidecar asks it for its subscriptions.
    let sidecar = if arguments.sidecar.no_sidecar {
        None
    } else {
        let state_dir = &arguments.state_dir;
        Some(sidecar::start(&arguments.sidecar, state_dir, environment, &host, &link).await?)
    };
    ready::print(&host, address);
    if let Some(file) = &arguments.ready_file {
        ready::write(file, address)?;
    }

    stop.received().await;
    tracing::info!("stopping; a second signal stops at once");
    tokio::select! {
        drained = end(&host, sidecar, &arguments) => {
            if drained == Drained::Cut {
                tracing::warn!("guests still ran at the deadline and were stopped");
            }
        }
        () = stop.received() => tracing::warn!("stopped at once"),
    }
    link.disconnect();
    serving.abort();
    Ok(())
}

/// No new requests, then no new deliveries, then the guests: each may still need what comes after.
async fn end(
    host: &Host,
    sidecar: Option<embedded_sidecar::Sidecar>,
    arguments: &UpArguments,
) -> Drained {
    host.close();
    if let Some(sidecar) = sidecar {
        sidecar.shutdown().await;
    }
    host.drain(arguments.drain_deadline()).await
}

fn builder(
    arguments: &UpArguments,
    environment: BTreeMap<String, String>,
) -> anyhow::Result<HostBuilder> {
    let manifest = Manifest::load(&arguments.from)?;
    let base_dir = arguments.from.parent().unwrap_or(Path::new(""));
    let runtime_config = match &arguments.runtime_config_file {
        Some(file) => RuntimeConfig::load(file)?,
        None => RuntimeConfig::default(),
    };
    let default_cache = || arguments.state_dir.join(CACHE_FOLDER);
    let mut builder = Host::builder(manifest)
        .base_dir(base_dir)
        .state_dir(&arguments.state_dir)
        .cache_dir(arguments.cache_dir.clone().unwrap_or_else(default_cache))
        .runtime_config(runtime_config)
        .environment(environment)
        .progress(log_progress);
    for (name, value) in variables::overrides(&arguments.variables)? {
        builder = builder.variable(name, value);
    }
    if let Some(instances) = arguments.max_instances {
        builder = builder.max_instances(instances);
    }
    if let Some(bytes) = arguments.max_instance_memory {
        builder = builder.max_instance_memory_bytes(bytes);
    }
    if let Some(streams) = arguments.max_streams {
        builder = builder.max_streams(streams);
    }
    if arguments.clock_offset_ms != 0 {
        builder = builder.clock(Arc::new(WrongClock::ahead_by(arguments.clock_offset_ms)));
    }
    if let Some(point) = arguments.crash_at {
        builder = builder.crash_at(point);
    }
    if let Some(file) = &arguments.log_host_calls {
        builder = builder.log_host_calls(file);
    }
    Ok(builder)
}

fn log_progress(progress: CompileProgress) {
    match progress {
        CompileProgress::Compiling { component, wasm_bytes } => {
            tracing::info!(component, wasm_bytes, "compiling");
        }
        CompileProgress::Compiled { component, took } => {
            tracing::info!(component, took_ms = took.as_millis(), "compiled");
        }
        CompileProgress::FromCache { component, took } => {
            tracing::debug!(component, took_ms = took.as_millis(), "compiled earlier");
        }
    }
}
