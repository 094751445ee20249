//! The flags of daprd that have a meaning here, with daprd's names and defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use embedded_sidecar::{AppAddress, AppHealthConfig, CrashPoint, SidecarConfig};

/// How the sidecar runs.
#[derive(Debug, clap::Args)]
pub(crate) struct DaprFlags {
    /// Names the app; also its consumer group
    #[arg(long, default_value = "")]
    app_id: String,
    /// The port the app listens on; without it nothing is delivered
    #[arg(long)]
    app_port: Option<u16>,
    /// The host the app listens on
    #[arg(long, default_value = "127.0.0.1")]
    app_channel_address: String,
    /// Only http is spoken
    #[arg(long, default_value = "http", value_parser = ["http"])]
    app_protocol: String,
    /// Calls to the app at the same time; -1 for no limit
    #[arg(long, default_value_t = -1, allow_negative_numbers = true)]
    app_max_concurrency: i64,
    /// The port of the API
    #[arg(long, default_value_t = 3500)]
    pub(super) dapr_http_port: u16,
    /// Where the API listens, comma-separated
    #[arg(long, default_value = "127.0.0.1", value_delimiter = ',')]
    pub(super) dapr_listen_addresses: Vec<String>,
    /// The port of the metrics
    #[arg(long, default_value_t = 9090)]
    pub(super) metrics_port: u16,
    /// Where the metrics listen
    #[arg(long, default_value = "127.0.0.1")]
    pub(super) metrics_listen_address: String,
    /// Whether metrics are served
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(super) enable_metrics: bool,
    /// Folders of resource files, repeated or comma-separated; not searched recursively
    #[arg(long, alias = "components-path", value_delimiter = ',')]
    resources_path: Vec<PathBuf>,
    /// Configuration files, repeated or comma-separated
    #[arg(long, value_delimiter = ',')]
    config: Vec<PathBuf>,
    /// Where the durable log lives
    #[arg(long, default_value = ".taskmaster/sidecar")]
    data_dir: PathBuf,
    /// Web pages that may call the API, comma-separated; * for all
    #[arg(long, default_value = "")]
    allowed_origins: String,
    /// Largest request body
    #[arg(long, default_value = "4Mi", value_parser = parse_size)]
    max_body_size: usize,
    /// Largest request head
    #[arg(long, default_value = "4Ki", value_parser = parse_size)]
    read_buffer_size: usize,
    /// Rest deliveries while the app fails its health probes
    #[arg(long, default_value_t = false, num_args = 0..=1, require_equals = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    enable_app_health_check: bool,
    /// The path of the probes
    #[arg(long, default_value = "/healthz")]
    app_health_check_path: String,
    /// Seconds between probes
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    app_health_probe_interval: u64,
    /// Milliseconds a probe may take
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u64).range(1..))]
    app_health_probe_timeout: u64,
    /// Failures in a row that make the app unhealthy
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    app_health_threshold: u32,
    /// How long an input binding's probe may take, as a Go duration
    #[arg(long, default_value = "3s", value_parser = parse_duration)]
    app_binding_options_timeout: Duration,
    /// How long deliveries in flight may finish at the end
    #[arg(long, default_value_t = 5)]
    dapr_graceful_shutdown_seconds: u64,
    /// Questions not asked of the app: config, subscribe
    #[arg(long, value_delimiter = ',', value_parser = ["config", "subscribe"])]
    disable_init_endpoints: Vec<String>,
    /// Kill the process at an effect of its own, for tests: before:N or after:N
    #[arg(long, value_name = "WHEN:N")]
    pub(super) crash_at: Option<CrashPoint>,
    /// debug, info, warn, error
    #[arg(long, default_value = "info")]
    pub(super) log_level: String,
    /// One JSON object per log line
    #[arg(long, default_value_t = false, num_args = 0..=1, require_equals = true,
          default_missing_value = "true", action = clap::ArgAction::Set)]
    pub(super) log_as_json: bool,
}

impl DaprFlags {
    /// The configuration, with the tokens daprd takes from the environment.
    pub(super) fn into_config(self, environment: BTreeMap<String, String>) -> SidecarConfig {
        let variable = |name: &str| environment.get(name).filter(|it| !it.is_empty()).cloned();
        let host = self.app_channel_address;
        SidecarConfig {
            resources_paths: self.resources_path,
            config_paths: self.config,
            namespace: variable("NAMESPACE").unwrap_or_else(|| "default".to_owned()),
            app_address: self.app_port.map(|port| AppAddress { host, port }),
            api_token: variable("DAPR_API_TOKEN"),
            app_token: variable("APP_API_TOKEN"),
            allowed_origins: Some(self.allowed_origins).filter(|it| !it.is_empty()),
            app_health: self.enable_app_health_check.then(|| AppHealthConfig {
                path: self.app_health_check_path,
                interval: Duration::from_secs(self.app_health_probe_interval),
                timeout: Duration::from_millis(self.app_health_probe_timeout),
                threshold: self.app_health_threshold,
            }),
            app_max_concurrency: usize::try_from(self.app_max_concurrency)
                .ok()
                .filter(|limit| *limit > 0),
            max_body_bytes: self.max_body_size,
            read_buffer_bytes: self.read_buffer_size,
            graceful_shutdown: Duration::from_secs(self.dapr_graceful_shutdown_seconds),
            binding_probe_timeout: self.app_binding_options_timeout,
            ask_for_subscriptions: !self
                .disable_init_endpoints
                .iter()
                .any(|endpoint| endpoint == "subscribe"),
            environment,
            ..SidecarConfig::new(self.app_id, self.data_dir)
        }
    }
}

fn parse_duration(text: &str) -> Result<Duration, String> {
    embedded_sidecar::parse_go_duration(text)
        .ok_or_else(|| format!("{text:?} is not a duration such as 3s"))
}

fn parse_size(text: &str) -> Result<usize, String> {
    embedded_sidecar::parse_quantity(text)
        .ok_or_else(|| format!("{text:?} is not a size such as 4Mi"))
}
