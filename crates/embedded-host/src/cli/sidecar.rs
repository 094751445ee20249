//! The sidecar joined to the host: its configuration from flags and environment, its start.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use embedded_host::{Host, HostChannel, SidecarLink};
use embedded_sidecar::{AppHealthConfig, Sidecar, SidecarConfig};
use tokio::net::TcpListener;

use super::SidecarArguments;

/// Topics live in a folder of their own below the state folder.
const DATA_FOLDER: &str = "sidecar";

/// Starts the sidecar and connects it. Its API answers from here on.
pub(super) async fn start(
    arguments: &SidecarArguments,
    state_dir: &Path,
    environment: BTreeMap<String, String>,
    host: &Host,
    link: &SidecarLink,
) -> anyhow::Result<Sidecar> {
    let app_id = arguments.dapr_app_id.as_deref().unwrap_or(host.application_name());
    let mut config = SidecarConfig::new(app_id, state_dir.join(DATA_FOLDER));
    config.resources_paths.clone_from(&arguments.dapr_resources);
    config.config_paths.clone_from(&arguments.dapr_config);
    config.app_health = arguments
        .app_health_check_path
        .clone()
        .map(|path| AppHealthConfig { path, ..AppHealthConfig::default() });
    // The names daprd reads its tokens from.
    config.api_token = environment.get("DAPR_API_TOKEN").cloned();
    config.app_token = environment.get("APP_API_TOKEN").cloned();
    config.environment = environment;
    let channel = Arc::new(HostChannel::new(host));
    let sidecar = Sidecar::builder(config)
        .app_channel(channel)
        .start()
        .await
        .context("the sidecar does not start")?;
    link.connect(sidecar.clone());
    if let Some(address) = arguments.sidecar_listen {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| format!("cannot serve the sidecar on {address}"))?;
        tracing::info!(address = %listener.local_addr()?, "the sidecar is served");
        let serving = sidecar.clone();
        tokio::spawn(async move {
            if let Err(error) = serving.serve(listener).await {
                tracing::error!(error = %anyhow::Error::from(error), "the sidecar's server ended");
            }
        });
    }
    Ok(sidecar)
}
