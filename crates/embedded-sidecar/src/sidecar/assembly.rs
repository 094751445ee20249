//! From resources to an API that answers, and to a session that works towards the app. Wires the
//! areas together.

use std::collections::BTreeMap;
use std::sync::Arc;

use dapr_protocol::Subscription;

use super::components::Components;
use super::foundation::{Foundation, off_the_async_threads};
use crate::api::{Api, Cors};
use crate::app_channel::{AppCalls, AppChannel};
use crate::bindings::{BindingContext, InputBinding, OutputBindings};
use crate::conversation::Conversations;
use crate::error::SidecarError;
use crate::flow::{FlowState, FlowSwitch};
use crate::jobs::{JobContext, JobService};
use crate::pubsub::{ConsumerContext, Publisher, PubsubComponent, prune_hourly};
use crate::resources::{Files, Resources};
use crate::runtime::{AppSession, Running, SelfDescription, describe_app, describe_component};
use crate::secrets::Secrets;
use crate::state::{OpenStates, StateService};
use crate::tasks::Tasks;

/// What is stated in files.
pub(super) struct Loaded {
    resources: Resources,
    components: Components,
}

/// Everything that follows from the resources.
pub(super) struct Assembled {
    pub(super) api: Arc<Api>,
    /// What the API publishes to.
    pubsubs: BTreeMap<String, Arc<PubsubComponent>>,
    /// `None` without an app.
    session: Option<AppSession>,
}

impl Loaded {
    /// Gives the files back.
    pub(super) async fn read(
        files: Files,
        foundation: &Foundation,
        open: OpenStates,
    ) -> Result<(Files, Self), SidecarError> {
        let config = Arc::clone(&foundation.config);
        // The files of components lie beside the log, whose lock keeps a second sidecar out.
        let data_dir = foundation.log.data_dir().path().to_owned();
        off_the_async_threads(move || {
            let mut resources = Resources::read(&files, &config)?;
            let components = Components::read(&mut resources, &config, &data_dir, &open)?;
            Ok((files, Self { resources, components }))
        })
        .await
    }

    pub(super) fn hot_reload(&self) -> bool {
        self.resources.configuration.hot_reload
    }

    pub(super) fn assemble(self, foundation: &Foundation) -> Assembled {
        let Self { resources, components } = self;
        let config = &foundation.config;
        let pubsubs = components.pubsubs.clone();
        let api = Api {
            token: config.api_token.clone().filter(|token| !token.is_empty()),
            cors: config.allowed_origins.as_deref().and_then(Cors::read),
            publisher: foundation.publisher(pubsubs.clone()),
            jobs: foundation.job_service(),
            bindings: OutputBindings {
                components: components.output_bindings,
                max_body_bytes: config.max_body_bytes,
            },
            state: foundation.state_service(components.states),
            secrets: Secrets {
                stores: components.secrets,
                scopes: resources.configuration.secrets.clone(),
            },
            conversations: Conversations {
                components: components.conversations,
                max_body_bytes: config.max_body_bytes,
            },
            description: foundation.describe(&resources),
            configuration: resources.configuration,
            running: Arc::new(foundation.nothing_running()),
            shutdown_requested: foundation.shutdown_requested.clone(),
            max_body_bytes: config.max_body_bytes,
        };
        let session = foundation.channel.clone().map(|channel| {
            let declared = resources.subscriptions;
            foundation.session(channel, declared, pubsubs.clone(), components.bindings)
        });
        Assembled { api: Arc::new(api), pubsubs, session }
    }
}

impl Assembled {
    /// Begins to work in the background.
    pub(super) fn begin(self, foundation: &Foundation) {
        let running = &self.api.running;
        let components = self.pubsubs.into_values().collect();
        let (log, clock) = (foundation.log.clone(), Arc::clone(&foundation.clock));
        running.tasks.spawn(until_stopping(&running.switch, prune_hourly(components, log, clock)));
        match self.session {
            None => running.readiness.complete(),
            // The session waits for the app as long as it takes, but no longer than all else.
            Some(session) => {
                let started = Arc::clone(running);
                let session = async move { session.start(&started).await };
                running.tasks.spawn(until_stopping(&running.switch, session));
            }
        }
    }
}

impl Foundation {
    fn nothing_running(&self) -> Running {
        let is_watched = self.channel.is_some() && self.config.app_health.is_some();
        let first_state = if is_watched { FlowState::Paused } else { FlowState::Running };
        Running {
            switch: Arc::new(FlowSwitch::new(first_state)),
            readiness: Arc::clone(&self.readiness),
            consumers: Arc::clone(&self.consumers),
            tasks: Tasks::default(),
        }
    }

    fn publisher(&self, components: BTreeMap<String, Arc<PubsubComponent>>) -> Publisher {
        Publisher {
            app_id: self.config.app_id.clone(),
            components,
            log: self.log.clone(),
            clock: Arc::clone(&self.clock),
            metrics: Arc::clone(&self.metrics),
            max_body_bytes: self.config.max_body_bytes,
        }
    }

    fn job_service(&self) -> JobService {
        JobService {
            app_id: self.config.app_id.clone(),
            namespace: self.config.namespace.clone(),
            store: self.jobs.clone(),
            clock: Arc::clone(&self.clock),
            max_body_bytes: self.config.max_body_bytes,
        }
    }

    fn state_service(&self, stores: OpenStates) -> StateService {
        StateService {
            app_id: self.config.app_id.clone(),
            stores,
            clock: Arc::clone(&self.clock),
            max_body_bytes: self.config.max_body_bytes,
        }
    }

    fn describe(&self, resources: &Resources) -> SelfDescription {
        let config = &self.config;
        let address = self.channel.as_ref().and_then(|channel| channel.address());
        SelfDescription {
            app_id: config.app_id.clone(),
            components: resources.components.iter().map(describe_component).collect(),
            app_connection: address.map(|address| {
                describe_app(address, config.app_max_concurrency, config.app_health.as_ref())
            }),
            labels: Arc::clone(&self.labels),
        }
    }

    fn session(
        &self,
        channel: Arc<dyn AppChannel>,
        declared: Vec<Subscription>,
        components: BTreeMap<String, Arc<PubsubComponent>>,
        bindings: Vec<InputBinding>,
    ) -> AppSession {
        let config = &self.config;
        let app = AppCalls::new(channel, config.app_max_concurrency);
        let app_token = config.app_token.clone().filter(|token| !token.is_empty());
        AppSession {
            app: app.clone(),
            app_id: config.app_id.clone(),
            app_token: app_token.clone(),
            health: config.app_health.clone(),
            ask_for_subscriptions: config.ask_for_subscriptions,
            declared,
            components,
            bindings,
            consumer_context: ConsumerContext {
                app: app.clone(),
                app_token: app_token.clone(),
                log: self.log.clone(),
                clock: Arc::clone(&self.clock),
                metrics: Arc::clone(&self.metrics),
                progress: self.progress.clone(),
            },
            job_context: JobContext {
                app: app.clone(),
                app_token: app_token.clone(),
                store: self.jobs.clone(),
                clock: Arc::clone(&self.clock),
                metrics: Arc::clone(&self.metrics),
                calls: Arc::clone(&self.job_calls),
            },
            binding_context: BindingContext {
                app,
                app_token,
                clock: Arc::clone(&self.clock),
                probe_timeout: config.binding_probe_timeout,
            },
        }
    }
}

fn until_stopping(
    switch: &FlowSwitch,
    work: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let mut flow = switch.flow();
    async move {
        tokio::select! {
            biased;
            () = flow.stopping() => {}
            () = work => {}
        }
    }
}
