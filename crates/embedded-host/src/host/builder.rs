//! Everything a host can be told before it starts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use embedded_sidecar::CrashPoint;

use super::{Host, StartError, load};
use crate::application::Limits;
use crate::clock::{Clock, SystemClock};
use crate::engine::CompileProgress;
use crate::manifest::Manifest;
use crate::outbound::Authority;
use crate::runtime_config::RuntimeConfig;
use crate::variables::VariableSources;

/// Where state is kept unless told otherwise, as in Spin below the current folder.
const DEFAULT_STATE_DIR: &str = ".spin";

type Progress = Box<dyn Fn(CompileProgress) + Send + Sync>;

/// Builds a `Host`.
pub struct HostBuilder {
    pub(super) manifest: Manifest,
    pub(super) base_dir: PathBuf,
    pub(super) state_dir: Option<PathBuf>,
    pub(super) cache_dir: Option<PathBuf>,
    pub(super) runtime_config: RuntimeConfig,
    pub(super) overrides: BTreeMap<String, String>,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) authorities: BTreeMap<String, Arc<dyn Authority>>,
    pub(super) clock: Option<Arc<dyn Clock>>,
    pub(super) limits: Limits,
    pub(super) crash_at: Option<CrashPoint>,
    pub(super) host_call_log: Option<PathBuf>,
    pub(super) progress: Progress,
}

impl HostBuilder {
    pub(super) fn new(manifest: Manifest) -> Self {
        Self {
            manifest,
            base_dir: PathBuf::new(),
            state_dir: None,
            cache_dir: None,
            runtime_config: RuntimeConfig::default(),
            overrides: BTreeMap::new(),
            environment: BTreeMap::new(),
            authorities: BTreeMap::new(),
            clock: None,
            limits: Limits::default(),
            crash_at: None,
            host_call_log: None,
            progress: Box::new(|_| {}),
        }
    }

    /// The folder component sources are relative to: the manifest's.
    pub fn base_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.base_dir = folder.into();
        self
    }

    /// Where databases are kept. Wins over the runtime configuration.
    pub fn state_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.state_dir = Some(folder.into());
        self
    }

    /// Where compiled components are kept. Without it every start compiles.
    pub fn cache_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache_dir = Some(folder.into());
        self
    }

    pub fn runtime_config(mut self, config: RuntimeConfig) -> Self {
        self.runtime_config = config;
        self
    }

    /// Sets an application variable, before any other source.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.overrides.insert(name.into(), value.into());
        self
    }

    /// The environment variables are read from. None by default: a library does not read its
    /// process's environment unasked.
    pub fn environment(mut self, environment: BTreeMap<String, String>) -> Self {
        self.environment = environment;
        self
    }

    /// Lets `service` answer outbound requests to `authority`, such as `localhost:3500`. Components
    /// still need the host in their `allowed_outbound_hosts`.
    pub fn authority(mut self, authority: impl Into<String>, service: Arc<dyn Authority>) -> Self {
        self.authorities.insert(authority.into(), service);
        self
    }

    /// The time guests see.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// Guests at once.
    pub fn max_instances(mut self, instances: u32) -> Self {
        self.limits.engine.max_instances = instances;
        self
    }

    /// Memory per guest. Wins over the runtime configuration.
    pub fn max_instance_memory_bytes(mut self, bytes: u64) -> Self {
        self.limits.engine.max_instance_memory_bytes = bytes;
        self.runtime_config.max_instance_memory_bytes = None;
        self
    }

    /// Responses of type `text/event-stream` at once.
    pub fn max_streams(mut self, streams: u32) -> Self {
        self.limits.max_streams = streams;
        self
    }

    /// How long a request waits for an instance before it is told 503.
    pub fn queue_wait(mut self, wait: Duration) -> Self {
        self.limits.queue_wait = wait;
        self
    }

    /// Kills the process at one host call.
    pub fn crash_at(mut self, point: CrashPoint) -> Self {
        self.crash_at = Some(point);
        self
    }

    /// Appends a line per host call: number, kind, component, detail.
    pub fn log_host_calls(mut self, file: impl Into<PathBuf>) -> Self {
        self.host_call_log = Some(file.into());
        self
    }

    /// Hears what is being compiled. Called from several threads.
    pub fn progress(mut self, progress: impl Fn(CompileProgress) + Send + Sync + 'static) -> Self {
        self.progress = Box::new(progress);
        self
    }

    /// Compiles and links everything. Nothing is served yet.
    pub async fn build(self) -> Result<Host, StartError> {
        load::application(self).await
    }

    pub(super) fn effective_state_dir(&self) -> &Path {
        let configured = self.state_dir.as_ref().or(self.runtime_config.state_dir.as_ref());
        configured.map_or(Path::new(DEFAULT_STATE_DIR), PathBuf::as_path)
    }

    pub(super) fn effective_clock(&self) -> Arc<dyn Clock> {
        self.clock.clone().unwrap_or_else(|| Arc::new(SystemClock::new()))
    }

    pub(super) fn effective_limits(&self) -> Limits {
        let mut limits = self.limits;
        if let Some(bytes) = self.runtime_config.max_instance_memory_bytes {
            limits.engine.max_instance_memory_bytes = bytes;
        }
        limits
    }

    pub(super) fn variable_sources(&self) -> VariableSources {
        VariableSources {
            overrides: self.overrides.clone(),
            providers: self.runtime_config.variable_providers.clone(),
            environment: self.environment.clone(),
        }
    }
}
