//! What a sidecar is told at its start. Plain values with daprd's defaults; parsing flags is the
//! binary's business.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Settings of one sidecar.
#[derive(Clone, Debug)]
pub struct SidecarConfig {
    /// Names the app; also its consumer group unless a component says otherwise.
    pub app_id: String,
    /// Where the durable log lives. One sidecar at a time.
    pub data_dir: PathBuf,
    /// Folders of resource files; not searched recursively. A later one wins nothing: names must
    /// be unique.
    pub resources_paths: Vec<PathBuf>,
    /// Files of `kind: Configuration`, applied in order.
    pub config_paths: Vec<PathBuf>,
    /// What `envRef` and `$VARIABLE` resolve to.
    pub environment: BTreeMap<String, String>,
    /// Fills the `{namespace}` template.
    pub namespace: String,
    /// The app's TCP address, for a sidecar that is not given a channel.
    pub app_address: Option<AppAddress>,
    /// Callers must present it.
    pub api_token: Option<String>,
    /// Web pages that may call the API, as daprd's flag spells them; without any, none may.
    pub allowed_origins: Option<String>,
    /// Presented to the app on every call.
    pub app_token: Option<String>,
    pub app_health: Option<AppHealthConfig>,
    /// Calls to the app at the same time.
    pub app_max_concurrency: Option<usize>,
    pub max_body_bytes: usize,
    /// Limit of a request's head.
    pub read_buffer_bytes: usize,
    /// How long a shutdown waits for deliveries in flight.
    pub graceful_shutdown: Duration,
    /// How long an input binding's start-up probe may take.
    pub binding_probe_timeout: Duration,
    /// Whether the app is asked for subscriptions.
    pub ask_for_subscriptions: bool,
}

/// Where the app listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppAddress {
    pub host: String,
    pub port: u16,
}

/// How the app's health is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppHealthConfig {
    pub path: String,
    pub interval: Duration,
    pub timeout: Duration,
    /// Failures in a row that make the app unhealthy; one success heals it.
    pub threshold: u32,
}

impl SidecarConfig {
    pub fn new(app_id: impl Into<String>, data_dir: impl Into<PathBuf>) -> Self {
        Self {
            app_id: app_id.into(),
            data_dir: data_dir.into(),
            resources_paths: Vec::new(),
            config_paths: Vec::new(),
            environment: BTreeMap::new(),
            namespace: "default".to_owned(),
            app_address: None,
            api_token: None,
            allowed_origins: None,
            app_token: None,
            app_health: None,
            app_max_concurrency: None,
            max_body_bytes: 4 * 1024 * 1024,
            read_buffer_bytes: 4 * 1024,
            graceful_shutdown: Duration::from_secs(5),
            binding_probe_timeout: Duration::from_secs(3),
            ask_for_subscriptions: true,
        }
    }
}

impl Default for AppHealthConfig {
    fn default() -> Self {
        Self {
            path: "/healthz".to_owned(),
            interval: Duration::from_secs(5),
            timeout: Duration::from_millis(500),
            threshold: 3,
        }
    }
}
