//! Start-up: from a configuration to a sidecar whose API answers and whose app is being waited
//! for.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use dapr_protocol::Subscription;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Inner;
use super::components::Components;
use crate::api::{Api, Cors, Limits};
use crate::app_channel::{AppCalls, AppChannel};
use crate::bindings::{BindingContext, OutputBindings};
use crate::clock::Clock;
use crate::config::SidecarConfig;
use crate::conversation::Conversations;
use crate::durable_log::{DurableLog, LogError};
use crate::error::SidecarError;
use crate::flow::{FlowState, FlowSwitch};
use crate::job_store::JobStore;
use crate::jobs::{JobContext, JobService, RunningCalls};
use crate::metrics::Metrics;
use crate::pubsub::{ConsumerContext, Publisher, PubsubComponent, prune_hourly};
use crate::resources::Resources;
use crate::runtime::{
    AppSession, ReadinessSwitch, Running, SelfDescription, describe_app, describe_component,
};
use crate::secrets::Secrets;
use crate::state::StateService;
use crate::tasks::Tasks;

/// What came from files, or lives in some.
struct Loaded {
    config: SidecarConfig,
    resources: Resources,
    components: Components,
    log: DurableLog,
    jobs: JobStore,
}

/// What every area is given.
struct Shared {
    log: DurableLog,
    jobs: JobStore,
    job_calls: Arc<RunningCalls>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    progress: watch::Sender<()>,
}

pub(super) async fn assemble(
    config: SidecarConfig,
    channel: Option<Arc<dyn AppChannel>>,
    clock: Arc<dyn Clock>,
) -> Result<Inner, SidecarError> {
    check_app_id(&config.app_id)?;
    let Loaded { config, resources, mut components, log, jobs } = load(config).await?;
    let metrics = Arc::new(Metrics::new(&config.app_id));
    let progress = watch::Sender::new(());
    let job_calls = Arc::new(RunningCalls::new(progress.clone()));
    let shared = Shared { log, jobs, job_calls, clock, metrics, progress };
    let is_watched = channel.is_some() && config.app_health.is_some();
    let first_state = if is_watched { FlowState::Paused } else { FlowState::Running };
    let running = Arc::new(Running {
        switch: Arc::new(FlowSwitch::new(first_state)),
        readiness: ReadinessSwitch::new(),
        consumers: Mutex::default(),
        tasks: Tasks::default(),
    });
    let shutdown_requested = CancellationToken::new();
    let api = Api {
        token: config.api_token.clone().filter(|token| !token.is_empty()),
        cors: config.allowed_origins.as_deref().and_then(Cors::read),
        publisher: publisher(&config, &components, &shared),
        jobs: job_service(&config, &shared),
        bindings: OutputBindings {
            components: std::mem::take(&mut components.output_bindings),
            max_body_bytes: config.max_body_bytes,
        },
        state: state_service(&config, &mut components, &shared),
        secrets: Secrets {
            stores: std::mem::take(&mut components.secrets),
            scopes: resources.configuration.secrets.clone(),
        },
        conversations: Conversations {
            components: std::mem::take(&mut components.conversations),
            max_body_bytes: config.max_body_bytes,
        },
        description: describe(&config, &resources, channel.as_deref()),
        configuration: resources.configuration,
        running: Arc::clone(&running),
        shutdown_requested: shutdown_requested.clone(),
        max_body_bytes: config.max_body_bytes,
    };
    running.tasks.spawn(keep_pruning(&components.pubsubs, &shared, &running.switch));
    match channel {
        None => running.readiness.complete(),
        Some(channel) => {
            let session = session(&config, components, resources.subscriptions, channel, &shared);
            spawn_session(session, &running);
        }
    }
    let Shared { log, jobs, job_calls, metrics, progress, .. } = shared;
    let (max_body_bytes, read_buffer_bytes) = (config.max_body_bytes, config.read_buffer_bytes);
    Ok(Inner {
        api,
        running,
        log,
        jobs,
        job_calls,
        metrics,
        progress,
        closing: CancellationToken::new(),
        shutdown_requested,
        graceful_shutdown: config.graceful_shutdown,
        limits: Limits { max_body_bytes, read_buffer_bytes },
    })
}

fn publisher(config: &SidecarConfig, components: &Components, shared: &Shared) -> Publisher {
    Publisher {
        app_id: config.app_id.clone(),
        components: components.pubsubs.clone(),
        log: shared.log.clone(),
        clock: Arc::clone(&shared.clock),
        metrics: Arc::clone(&shared.metrics),
        max_body_bytes: config.max_body_bytes,
    }
}

fn job_service(config: &SidecarConfig, shared: &Shared) -> JobService {
    JobService {
        app_id: config.app_id.clone(),
        namespace: config.namespace.clone(),
        store: shared.jobs.clone(),
        clock: Arc::clone(&shared.clock),
        max_body_bytes: config.max_body_bytes,
    }
}

fn state_service(
    config: &SidecarConfig,
    components: &mut Components,
    shared: &Shared,
) -> StateService {
    StateService {
        app_id: config.app_id.clone(),
        stores: std::mem::take(&mut components.states),
        clock: Arc::clone(&shared.clock),
        max_body_bytes: config.max_body_bytes,
    }
}

fn session(
    config: &SidecarConfig,
    components: Components,
    declared: Vec<Subscription>,
    channel: Arc<dyn AppChannel>,
    shared: &Shared,
) -> AppSession {
    let app = AppCalls::new(channel, config.app_max_concurrency);
    let app_token = config.app_token.clone().filter(|token| !token.is_empty());
    AppSession {
        app: app.clone(),
        app_id: config.app_id.clone(),
        app_token: app_token.clone(),
        health: config.app_health.clone(),
        ask_for_subscriptions: config.ask_for_subscriptions,
        declared,
        components: components.pubsubs,
        bindings: components.bindings,
        consumer_context: ConsumerContext {
            app: app.clone(),
            app_token: app_token.clone(),
            log: shared.log.clone(),
            clock: Arc::clone(&shared.clock),
            metrics: Arc::clone(&shared.metrics),
            progress: shared.progress.clone(),
        },
        job_context: JobContext {
            app: app.clone(),
            app_token: app_token.clone(),
            store: shared.jobs.clone(),
            clock: Arc::clone(&shared.clock),
            metrics: Arc::clone(&shared.metrics),
            calls: Arc::clone(&shared.job_calls),
        },
        binding_context: BindingContext {
            app,
            app_token,
            clock: Arc::clone(&shared.clock),
            probe_timeout: config.binding_probe_timeout,
        },
    }
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

/// Everything that touches the file system, off the async threads.
async fn load(config: SidecarConfig) -> Result<Loaded, SidecarError> {
    tokio::task::spawn_blocking(move || {
        let mut resources = Resources::load(&config)?;
        let log = DurableLog::open(&config.data_dir)?;
        let jobs = JobStore::open(log.data_dir())?;
        // The files of components lie beside the log, whose lock keeps a second sidecar out.
        let components = Components::read(&mut resources, &config, log.data_dir().path())?;
        Ok(Loaded { config, resources, components, log, jobs })
    })
    .await
    .map_err(|_| SidecarError::Log(LogError::Closed))?
}

fn describe(
    config: &SidecarConfig,
    resources: &Resources,
    channel: Option<&dyn AppChannel>,
) -> SelfDescription {
    let app_connection = channel.and_then(|channel| channel.address()).map(|address| {
        describe_app(address, config.app_max_concurrency, config.app_health.as_ref())
    });
    SelfDescription {
        app_id: config.app_id.clone(),
        components: resources.components.iter().map(describe_component).collect(),
        app_connection,
        labels: Mutex::default(),
    }
}

/// Retention ends with the flow, like everything else in the background.
fn keep_pruning(
    pubsubs: &BTreeMap<String, Arc<PubsubComponent>>,
    shared: &Shared,
    switch: &FlowSwitch,
) -> impl Future<Output = ()> + use<> {
    let components = pubsubs.values().cloned().collect();
    let pruning = prune_hourly(components, shared.log.clone(), Arc::clone(&shared.clock));
    let mut flow = switch.flow();
    async move {
        tokio::select! {
            () = flow.stopping() => {}
            () = pruning => {}
        }
    }
}

/// The session waits for the app as long as it takes, but no longer than the sidecar lives.
fn spawn_session(session: AppSession, running: &Arc<Running>) {
    let started = Arc::clone(running);
    let mut flow = running.switch.flow();
    running.tasks.spawn(async move {
        tokio::select! {
            biased;
            () = flow.stopping() => {}
            () = session.start(&started) => {}
        }
    });
}
