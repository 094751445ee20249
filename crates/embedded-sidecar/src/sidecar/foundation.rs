//! What a sidecar has for its whole life, whatever becomes of its resources.

use std::sync::{Arc, Mutex};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::app_channel::AppChannel;
use crate::clock::Clock;
use crate::config::SidecarConfig;
use crate::durable_log::{DurableLog, LogError};
use crate::error::SidecarError;
use crate::job_store::JobStore;
use crate::jobs::RunningCalls;
use crate::metrics::Metrics;
use crate::resources::Files;
use crate::runtime::{Consumers, Labels, ReadinessSwitch};

pub(super) struct Foundation {
    pub(super) config: Arc<SidecarConfig>,
    pub(super) channel: Option<Arc<dyn AppChannel>>,
    pub(super) log: DurableLog,
    pub(super) jobs: JobStore,
    pub(super) job_calls: Arc<RunningCalls>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) progress: watch::Sender<()>,
    pub(super) readiness: Arc<ReadinessSwitch>,
    pub(super) consumers: Consumers,
    pub(super) labels: Labels,
    pub(super) shutdown_requested: CancellationToken,
    /// Ends the servers, after the deliveries have ended: an app that is still handling one may
    /// want to publish.
    pub(super) closing: CancellationToken,
}

impl Foundation {
    pub(super) async fn lay(
        config: SidecarConfig,
        channel: Option<Arc<dyn AppChannel>>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SidecarError> {
        check_app_id(&config.app_id)?;
        let data_dir = config.data_dir.clone();
        let (log, jobs) = off_the_async_threads(move || {
            let log = DurableLog::open(&data_dir)?;
            let jobs = JobStore::open(log.data_dir())?;
            Ok((log, jobs))
        })
        .await?;
        let progress = watch::Sender::new(());
        Ok(Self {
            metrics: Arc::new(Metrics::new(&config.app_id)),
            config: Arc::new(config),
            channel,
            log,
            jobs,
            job_calls: Arc::new(RunningCalls::new(progress.clone())),
            clock,
            progress,
            readiness: Arc::new(ReadinessSwitch::new()),
            consumers: Arc::new(Mutex::default()),
            labels: Arc::new(Mutex::default()),
            shutdown_requested: CancellationToken::new(),
            closing: CancellationToken::new(),
        })
    }

    /// The files as they are now.
    pub(super) async fn files(&self) -> Result<Files, SidecarError> {
        let config = Arc::clone(&self.config);
        off_the_async_threads(move || Ok(Files::read(&config)?)).await
    }
}

/// Where everything belongs that touches the file system.
pub(super) async fn off_the_async_threads<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SidecarError> + Send + 'static,
) -> Result<T, SidecarError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| SidecarError::Log(LogError::Closed))?
}

fn check_app_id(app_id: &str) -> Result<(), SidecarError> {
    if app_id.is_empty() {
        return Err(SidecarError::AppIdEmpty);
    }
    if app_id.contains('.') {
        return Err(SidecarError::AppIdWithDot { app_id: app_id.to_owned() });
    }
    Ok(())
}
