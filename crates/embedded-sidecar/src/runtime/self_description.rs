//! `GET /v1.0/metadata` and the labels that can be put on it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use dapr_protocol::runtime::{
    AppConnection, AppHealthMetadata, ComponentMetadata, RuntimeMetadata, SubscriptionMetadata,
};

use crate::config::{AppAddress, AppHealthConfig};
use crate::go_duration;
use crate::lock;
use crate::pubsub::ActiveSubscription;
use crate::resources::Component;

/// The Dapr release whose HTTP behaviour this sidecar follows; clients compare it.
const RUNTIME_VERSION: &str = "1.18.5";
/// Labels `PUT /v1.0/metadata/{key}` may add, so that a client cannot grow memory without end.
const MAX_LABELS: usize = 1_000;

pub(crate) struct SelfDescription {
    pub(crate) app_id: String,
    pub(crate) components: Vec<ComponentMetadata>,
    pub(crate) app_connection: Option<AppConnection>,
    pub(crate) labels: Labels,
}

/// What clients have said about the sidecar.
pub(crate) type Labels = Arc<Mutex<BTreeMap<String, String>>>;

/// What came of setting a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Labelled {
    Set,
    TooMany,
}

impl SelfDescription {
    pub(crate) fn document<'a>(
        &self,
        subscriptions: impl Iterator<Item = &'a ActiveSubscription>,
    ) -> RuntimeMetadata {
        let mut extended = lock(&self.labels).clone();
        extended.insert("daprRuntimeVersion".to_owned(), RUNTIME_VERSION.to_owned());
        RuntimeMetadata {
            id: self.app_id.clone(),
            runtime_version: RUNTIME_VERSION.to_owned(),
            enabled_features: Vec::new(),
            actors: Vec::new(),
            components: self.components.clone(),
            extended,
            subscriptions: subscriptions.map(describe_subscription).collect(),
            app_connection_properties: self.app_connection.clone(),
        }
    }

    pub(crate) fn label(&self, key: String, value: String) -> Labelled {
        let mut labels = lock(&self.labels);
        if labels.len() >= MAX_LABELS && !labels.contains_key(&key) {
            return Labelled::TooMany;
        }
        labels.insert(key, value);
        Labelled::Set
    }
}

pub(crate) fn describe_component(component: &Component) -> ComponentMetadata {
    let capabilities = match (component.building_block(), component.component_type.as_str()) {
        (_, "bindings.cron") => vec!["INPUT_BINDING".to_owned()],
        ("bindings", _) => vec!["OUTPUT_BINDING".to_owned()],
        ("state", _) => ["ETAG", "TRANSACTIONAL", "TTL"].map(str::to_owned).to_vec(),
        _ => Vec::new(),
    };
    ComponentMetadata {
        name: component.name.clone(),
        component_type: component.component_type.clone(),
        version: component.version.clone(),
        capabilities,
    }
}

pub(crate) fn describe_app(
    address: AppAddress,
    max_concurrency: Option<usize>,
    health: Option<&AppHealthConfig>,
) -> AppConnection {
    AppConnection {
        port: address.port,
        protocol: "http".to_owned(),
        channel_address: address.host,
        max_concurrency: max_concurrency.and_then(|limit| u32::try_from(limit).ok()),
        health: health.map(|health| AppHealthMetadata {
            health_check_path: health.path.clone(),
            health_probe_interval: go_duration::format(health.interval),
            health_probe_timeout: go_duration::format(health.timeout),
            health_threshold: health.threshold,
        }),
    }
}

fn describe_subscription(subscription: &ActiveSubscription) -> SubscriptionMetadata {
    let stated = &subscription.stated;
    SubscriptionMetadata {
        pubsubname: stated.pubsub.clone(),
        topic: stated.topic.clone(),
        metadata: stated.metadata.clone(),
        rules: stated.rules.clone(),
        dead_letter_topic: stated.dead_letter_topic.clone().unwrap_or_default(),
        origin: subscription.origin,
    }
}
