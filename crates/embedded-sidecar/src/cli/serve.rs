//! Running a sidecar in the foreground until a signal or the API ends it.

use anyhow::Context as _;
use embedded_sidecar::Sidecar;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;

use super::dapr_flags::DaprFlags;

pub(super) async fn serve(flags: DaprFlags) -> anyhow::Result<()> {
    // First of all: whoever reads in the log that the API is served may send a signal at once.
    let signals = Signals::watch()?;
    let mut api = Vec::new();
    for address in &flags.dapr_listen_addresses {
        let host = if address.is_empty() { "0.0.0.0" } else { address };
        api.push(bind(host, flags.dapr_http_port, "the API").await?);
    }
    let metrics = match flags.enable_metrics {
        true => Some(bind(&flags.metrics_listen_address, flags.metrics_port, "metrics").await?),
        false => None,
    };
    if let Some(point) = flags.crash_at {
        point.arm();
    }
    let config = flags.into_config(std::env::vars().collect());
    let sidecar = Sidecar::builder(config).start().await?;

    let mut servers = JoinSet::new();
    for listener in api {
        tracing::info!(address = %listener.local_addr()?, "serving the API");
        let sidecar = sidecar.clone();
        servers.spawn(async move { sidecar.serve(listener).await });
    }
    if let Some(listener) = metrics {
        tracing::info!(address = %listener.local_addr()?, "serving metrics");
        let sidecar = sidecar.clone();
        servers.spawn(async move { sidecar.serve_metrics(listener).await });
    }
    signals.wait_for_the_end(&sidecar).await;
    sidecar.shutdown().await;
    while let Some(ended) = servers.join_next().await {
        ended.context("a server panicked")??;
    }
    Ok(())
}

/// The signals that end the process in order, and the one that has it read its resources again.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn watch() -> anyhow::Result<Self> {
        let terminate = signal(SignalKind::terminate()).context("cannot watch SIGTERM")?;
        let interrupt = signal(SignalKind::interrupt()).context("cannot watch SIGINT")?;
        let hangup = signal(SignalKind::hangup()).context("cannot watch SIGHUP")?;
        Ok(Self { terminate, interrupt, hangup })
    }

    async fn wait_for_the_end(mut self, sidecar: &Sidecar) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => tracing::info!("SIGTERM: shutting down"),
                _ = self.interrupt.recv() => tracing::info!("SIGINT: shutting down"),
                () = sidecar.shutdown_requested() => tracing::info!("asked to shut down"),
                _ = self.hangup.recv() => {
                    reload(sidecar).await;
                    continue;
                }
            }
            return;
        }
    }
}

async fn reload(sidecar: &Sidecar) {
    tracing::info!("SIGHUP: reading the resources again");
    if let Err(error) = sidecar.reload().await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "the resources cannot be used; the last ones stay");
    }
}

async fn bind(host: &str, port: u16, what: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind((host, port))
        .await
        .with_context(|| format!("cannot listen on {host}:{port} for {what}"))
}
