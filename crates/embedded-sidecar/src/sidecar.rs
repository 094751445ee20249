//! The sidecar as a value: built from a configuration, asked by requests, shut down.
//!
//! Wires the areas together; the areas do not know each other.

mod assembly;
mod components;
mod foundation;
mod reload;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use tokio::net::TcpListener;

use crate::api::{Api, Limits, serve_connections};
use crate::app_channel::{AppChannel, TcpAppChannel};
use crate::clock::{Clock, SystemClock};
use crate::config::SidecarConfig;
use crate::error::SidecarError;
use crate::flow::FlowState;
use crate::job_store::{JobStoreError, ScheduledJob};
use crate::lock;
use crate::metrics::{SubscriptionLag, TEXT_FORMAT};
use crate::resources::Files;
use crate::runtime::Running;
use crate::state::OpenStates;
use crate::tasks::Drained;
use assembly::Loaded;
use foundation::Foundation;
use reload::{Reload, Watch};

/// A running sidecar. Clones are handles to the same one; when the last is dropped, its work is
/// cut off.
#[derive(Clone)]
pub struct Sidecar {
    inner: Arc<Inner>,
}

/// Collects what a sidecar is started with.
pub struct SidecarBuilder {
    config: SidecarConfig,
    channel: Option<Arc<dyn AppChannel>>,
    clock: Arc<dyn Clock>,
}

struct Inner {
    foundation: Foundation,
    /// What answers now. Its `running` works towards the app.
    api: Mutex<Arc<Api>>,
    /// What the resources were read from.
    files: Mutex<Files>,
    /// Who changes what runs: one at a time.
    turn: tokio::sync::Mutex<()>,
}

impl SidecarBuilder {
    /// The app to call. Without one, the configured TCP address is called; without either there
    /// is no app, and nothing is delivered.
    #[must_use]
    pub fn app_channel(mut self, channel: Arc<dyn AppChannel>) -> Self {
        self.channel = Some(channel);
        self
    }

    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Loads resources, opens the log and begins to wait for the app. The API answers from here
    /// on; [`Sidecar::ready`] tells when everything runs.
    pub async fn start(self) -> Result<Sidecar, SidecarError> {
        let Self { config, channel, clock } = self;
        let channel = channel.or_else(|| {
            let address = config.app_address.clone()?;
            let channel = TcpAppChannel::new(address.host, address.port);
            Some(Arc::new(channel) as Arc<dyn AppChannel>)
        });
        let foundation = Foundation::lay(config, channel, clock).await?;
        // Before they are read, so that no change of them goes by unseen.
        let watch = Watch::begin(&foundation.config);
        let files = foundation.files().await?;
        let (files, loaded) = Loaded::read(files, &foundation, OpenStates::new()).await?;
        let hot_reload = loaded.hot_reload();
        let assembled = loaded.assemble(&foundation);
        let api = Mutex::new(Arc::clone(&assembled.api));
        assembled.begin(&foundation);
        let (closing, files) = (foundation.closing.clone(), Mutex::new(files));
        let inner = Arc::new(Inner { foundation, api, files, turn: tokio::sync::Mutex::default() });
        if hot_reload {
            let follow = reload::follow(Arc::downgrade(&inner), watch);
            tokio::spawn(async move { closing.run_until_cancelled(follow).await });
        }
        Ok(Sidecar { inner })
    }
}

impl Sidecar {
    pub fn builder(config: SidecarConfig) -> SidecarBuilder {
        SidecarBuilder { config, channel: None, clock: Arc::new(SystemClock) }
    }

    /// Answers one API request.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.inner.api().handle(request).await
    }

    /// Serves the API until the sidecar is shut down.
    pub async fn serve(&self, listener: TcpListener) -> Result<(), SidecarError> {
        let sidecar = self.clone();
        let handler = move |request| {
            let sidecar = sidecar.clone();
            async move { sidecar.handle(request).await }
        };
        let (limits, closing) = (self.inner.limits(), self.inner.foundation.closing.clone());
        serve_connections(listener, limits, closing, handler).await.map_err(SidecarError::Serve)
    }

    /// Serves the metrics to every path until the sidecar is shut down.
    pub async fn serve_metrics(&self, listener: TcpListener) -> Result<(), SidecarError> {
        let sidecar = self.clone();
        let handler = move |_| {
            let mut response = Response::new(Bytes::from(sidecar.metrics_text()));
            let content_type = http::HeaderValue::from_static(TEXT_FORMAT);
            response.headers_mut().insert(http::header::CONTENT_TYPE, content_type);
            std::future::ready(response)
        };
        let (limits, closing) = (self.inner.limits(), self.inner.foundation.closing.clone());
        serve_connections(listener, limits, closing, handler).await.map_err(SidecarError::Serve)
    }

    /// Resolves once the app is reachable and its subscriptions are in place (with health checks:
    /// once the app is being watched).
    pub async fn ready(&self) {
        self.inner.foundation.readiness.completed().await;
    }

    /// What each subscription has not settled yet.
    pub fn lag(&self) -> Vec<SubscriptionLag> {
        let consumers = lock(&self.inner.foundation.consumers);
        consumers
            .iter()
            .map(|consumer| {
                let subscription = consumer.subscription();
                SubscriptionLag {
                    pubsub: subscription.topic.pubsub.clone(),
                    topic: subscription.topic.topic.clone(),
                    consumer_group: subscription.component.consumer_group.clone(),
                    undelivered: consumer.undelivered(),
                }
            })
            .collect()
    }

    /// The jobs that are still to fire, earliest first.
    pub async fn jobs(&self) -> Result<Vec<ScheduledJob>, JobStoreError> {
        self.inner.foundation.jobs.list().await
    }

    /// Resolves as soon as no subscription has anything undelivered, and no job is being called.
    pub async fn idle(&self) {
        let mut progress = self.inner.foundation.progress.subscribe();
        let is_busy = || {
            self.inner.foundation.job_calls.count() > 0
                || self.lag().iter().any(|lag| lag.undelivered > 0)
        };
        while is_busy() {
            // The sender lives as long as this handle, so the wait cannot fail.
            let _ = progress.changed().await;
        }
    }

    /// The counters in Prometheus' text format.
    pub fn metrics_text(&self) -> String {
        self.inner.foundation.metrics.to_text(&self.lag())
    }

    /// Resolves when the API was asked to shut down. Acting on it is the owner's business.
    pub async fn shutdown_requested(&self) {
        self.inner.foundation.shutdown_requested.cancelled().await;
    }

    /// Reads the resources again, as a change of their files does, and goes on with them. Where
    /// they cannot be used, it goes on with those it has.
    pub async fn reload(&self) -> Result<(), SidecarError> {
        self.inner.reload(Reload::Always).await
    }

    /// Lets deliveries in flight finish, notes how far they came, and ends the servers.
    pub async fn shutdown(&self) {
        let _turn = self.inner.turn.lock().await;
        self.inner.rest(&self.inner.api().running).await;
        self.inner.foundation.closing.cancel();
    }
}

impl Inner {
    fn api(&self) -> Arc<Api> {
        Arc::clone(&lock(&self.api))
    }

    fn limits(&self) -> Limits {
        let SidecarConfig { max_body_bytes, read_buffer_bytes, .. } = *self.foundation.config;
        Limits { max_body_bytes, read_buffer_bytes }
    }

    /// Ends what works towards the app. What is in flight has a while to finish.
    async fn rest(&self, running: &Running) {
        let patience = self.foundation.config.graceful_shutdown;
        running.switch.turn(FlowState::Stopping);
        if running.tasks.drain(patience).await == Drained::CutOff {
            tracing::warn!("deliveries in flight were cut off; they come again");
        }
        if let Err(error) = self.foundation.log.flush().await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "progress not stored; settled events come again");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let running = &self.api().running;
        running.switch.turn(FlowState::Stopping);
        running.tasks.cut_off();
        self.foundation.closing.cancel();
    }
}
