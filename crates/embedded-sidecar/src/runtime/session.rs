//! From "the app may be there" to "everything runs", in daprd's order.
//!
//! The order matters: the API answers before the app listens, and the app is asked for its
//! subscriptions only when it listens, and is healthy where that is watched.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use super::readiness::ReadinessSwitch;
use crate::app_channel::AppCalls;
use crate::app_health;
use crate::bindings::{BindingContext, InputBinding};
use crate::config::AppHealthConfig;
use crate::flow::{FlowState, FlowSwitch};
use crate::jobs::{JobContext, Scheduler};
use crate::lock;
use crate::pubsub::{Consumer, ConsumerContext, PubsubComponent, SubscriptionSources};
use crate::tasks::Tasks;
use dapr_protocol::Subscription;

/// What is needed to bring a sidecar up around its app.
pub(crate) struct AppSession {
    pub(crate) app: AppCalls,
    pub(crate) app_id: String,
    pub(crate) app_token: Option<String>,
    pub(crate) health: Option<AppHealthConfig>,
    pub(crate) ask_for_subscriptions: bool,
    pub(crate) declared: Vec<Subscription>,
    pub(crate) components: BTreeMap<String, Arc<PubsubComponent>>,
    pub(crate) bindings: Vec<InputBinding>,
    pub(crate) consumer_context: ConsumerContext,
    pub(crate) binding_context: BindingContext,
    pub(crate) job_context: JobContext,
}

/// What a session has brought up, and the switches that end it.
pub(crate) struct Running {
    pub(crate) switch: Arc<FlowSwitch>,
    pub(crate) readiness: Arc<ReadinessSwitch>,
    pub(crate) consumers: Consumers,
    pub(crate) tasks: Tasks,
}

/// The subscriptions of the last session that has begun.
pub(crate) type Consumers = Arc<Mutex<Vec<Arc<Consumer>>>>;

impl AppSession {
    pub(crate) async fn start(self, running: &Running) {
        self.app.ready().await;
        if let Some(health) = &self.health {
            let (app, token) = (self.app.clone(), self.app_token.clone());
            let switch = Arc::clone(&running.switch);
            running.tasks.spawn(app_health::watch(health.clone(), app, token, switch));
            // With health checks on, readiness means that the app is being watched, not that it
            // is well: an app that starts late must not keep its sidecar from being used.
            running.readiness.complete();
        }
        if running.switch.flow().running_or_stopping().await == FlowState::Stopping {
            return;
        }
        self.start_consumers(running).await;
        self.start_bindings(running).await;
        let scheduler = Scheduler::new(self.job_context.clone(), running.tasks.clone());
        running.tasks.spawn(scheduler.run(running.switch.flow()));
        running.readiness.complete();
    }

    async fn start_consumers(&self, running: &Running) {
        let sources = SubscriptionSources {
            app: &self.app,
            app_id: &self.app_id,
            app_token: self.app_token.as_deref(),
            ask_the_app: self.ask_for_subscriptions,
            declared: &self.declared,
            components: &self.components,
        };
        let flow = running.switch.flow();
        let mut consumers = Vec::new();
        for subscription in sources.gather().await {
            let topic = subscription.topic.clone();
            let context = self.consumer_context.clone();
            match Consumer::start(subscription, context, &flow, &running.tasks).await {
                Ok(consumer) => {
                    tracing::info!(pubsub = topic.pubsub, topic = topic.topic, "subscribed");
                    consumers.push(consumer);
                }
                Err(error) => tracing::error!(
                    error = &error as &dyn std::error::Error,
                    topic = topic.topic,
                    "cannot subscribe"
                ),
            }
        }
        *lock(&running.consumers) = consumers;
    }

    /// One probe that gets no answer turns all input bindings off, as it does in Dapr: an app
    /// that cannot be asked must not be called.
    async fn start_bindings(&self, running: &Running) {
        let mut wanted = Vec::new();
        for binding in &self.bindings {
            match binding.is_wanted(&self.binding_context).await {
                Ok(true) => wanted.push(binding.clone()),
                Ok(false) => {
                    tracing::info!(binding = binding.name, "the app does not want this binding");
                }
                Err(reason) => {
                    tracing::error!(binding = binding.name, reason, "no input binding is started");
                    return;
                }
            }
        }
        for binding in wanted {
            let (context, flow) = (self.binding_context.clone(), running.switch.flow());
            running.tasks.spawn(binding.run(context, flow));
        }
    }
}
