//! Which subscriptions run: what the app states when asked, then what resource files add.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use dapr_protocol::Subscription;
use dapr_protocol::runtime::SubscriptionOrigin;
use dapr_protocol::subscription::{Fetched, fetch_request};

use super::PubsubComponent;
use super::routes::Routes;
use crate::app_channel::AppCalls;
use crate::durable_log::TopicName;

/// How often a question that did not get through is asked again. Any answer, whatever its status,
/// is final.
const ASK_RETRIES: u32 = 3;
const ASK_INITIAL_INTERVAL: Duration = Duration::from_millis(500);
const ASK_MULTIPLIER: f64 = 1.5;

/// A subscription that passed all checks.
#[derive(Debug)]
pub(crate) struct ActiveSubscription {
    pub(crate) topic: TopicName,
    pub(crate) component: Arc<PubsubComponent>,
    pub(super) routes: Routes,
    pub(super) dead_letter_topic: Option<String>,
    pub(super) is_raw: bool,
    pub(crate) stated: Subscription,
    pub(crate) origin: SubscriptionOrigin,
}

/// Where subscriptions come from.
pub(crate) struct SubscriptionSources<'a> {
    pub(crate) app: &'a AppCalls,
    pub(crate) app_id: &'a str,
    pub(crate) app_token: Option<&'a str>,
    pub(crate) ask_the_app: bool,
    pub(crate) declared: &'a [Subscription],
    pub(crate) components: &'a BTreeMap<String, Arc<PubsubComponent>>,
}

impl SubscriptionSources<'_> {
    /// All usable subscriptions. One topic is consumed once: what the app states wins over a file.
    pub(crate) async fn gather(&self) -> Vec<ActiveSubscription> {
        // Without a broker there is nothing to subscribe to, so the app is not asked.
        if self.components.is_empty() {
            return Vec::new();
        }
        let stated = if self.ask_the_app { self.ask().await } else { Vec::new() };
        let declared = self.declared.iter().cloned();
        let all = stated
            .into_iter()
            .map(|subscription| (subscription, SubscriptionOrigin::Programmatic))
            .chain(declared.map(|subscription| (subscription, SubscriptionOrigin::Declarative)));
        let mut taken = HashSet::new();
        let mut active = Vec::new();
        for (subscription, origin) in all {
            let topic = TopicName::new(&subscription.pubsub, &subscription.topic);
            match self.activate(subscription, origin) {
                Err(reason) => tracing::error!(
                    pubsub = topic.pubsub,
                    topic = topic.topic,
                    reason,
                    "subscription left out"
                ),
                Ok(_) if !taken.insert(topic.clone()) => tracing::warn!(
                    pubsub = topic.pubsub,
                    topic = topic.topic,
                    "subscription left out: the topic has one already"
                ),
                Ok(subscription) => active.push(subscription),
            }
        }
        active
    }

    /// Asks the app once; only a question that did not get through is repeated.
    async fn ask(&self) -> Vec<Subscription> {
        let mut wait = ASK_INITIAL_INTERVAL;
        let mut retries_left = ASK_RETRIES;
        loop {
            match self.app.call(fetch_request(self.app_id, self.app_token)).await {
                Ok(response) => return usable(Fetched::read(&response)),
                Err(error) if retries_left == 0 => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "cannot ask the app for its subscriptions");
                    return Vec::new();
                }
                Err(_) => {
                    retries_left -= 1;
                    tokio::time::sleep(wait).await;
                    wait = wait.mul_f64(ASK_MULTIPLIER);
                }
            }
        }
    }

    fn activate(
        &self,
        stated: Subscription,
        origin: SubscriptionOrigin,
    ) -> Result<ActiveSubscription, String> {
        let Some(component) = self.components.get(&stated.pubsub) else {
            return Err("there is no such pub/sub component".to_owned());
        };
        if stated.rules.is_empty() {
            return Err("it has no route".to_owned());
        }
        if !component.access.may_subscribe(&stated.topic) {
            return Err("the topic is not allowed for this app".to_owned());
        }
        Ok(ActiveSubscription {
            topic: TopicName::new(&stated.pubsub, &stated.topic),
            component: Arc::clone(component),
            routes: Routes::compile(&stated).map_err(|error| error.to_string())?,
            dead_letter_topic: stated.dead_letter_topic.clone(),
            is_raw: stated.metadata.is_raw_payload().map_err(|error| error.to_string())?,
            stated,
            origin,
        })
    }
}

/// One rule that does not compile spoils the app's whole answer, as it does for Dapr.
fn usable(answer: Fetched) -> Vec<Subscription> {
    let reason = match answer {
        Fetched::None => return Vec::new(),
        Fetched::Unusable { reason } => reason,
        Fetched::Subscriptions(document) => {
            match document.0.iter().try_for_each(|it| Routes::compile(it).map(|_| ())) {
                Ok(()) => return document.0,
                Err(error) => error.to_string(),
            }
        }
    };
    tracing::error!(
        reason,
        "the app's subscriptions are unusable, and it is not asked again until a restart"
    );
    Vec::new()
}
