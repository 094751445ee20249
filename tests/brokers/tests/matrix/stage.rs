//! What a scenario plays on: a broker, Dapr's sidecar and scheduler, and the app with its people.

use std::collections::HashSet;
use std::time::Duration;

use real_engines::DaprVersion;
use task_contracts::names::EventType;
use test_support::{
    App, AppBuilder, Backbone, BrokerKind, Client, Ledger, RealSidecar, Topics, within_by,
};

use crate::components::Components;
use crate::look::{self, Look};

/// What Redis hands out again after its consumer's death comes after three minutes (see
/// `dapr/brokers/redis/pubsub.yaml`); then it still has to be done.
const PATIENCE: Duration = Duration::from_secs(240);
/// Each look reads all rows; more often, it would take the app's core.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Its parts, in the order in which they end.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) sidecar: RealSidecar,
    pub(crate) backbone: Backbone,
    pub(crate) broker: BrokerKind,
    pub(crate) broker_version: String,
    pub(crate) sidecar_version: String,
    builder: AppBuilder,
    look: Box<dyn Look>,
    components: Components,
}

impl Stage {
    /// Everything new and empty.
    pub(crate) fn set(broker: BrokerKind) -> Self {
        let backbone = Backbone::start(broker, DaprVersion::Newest);
        let look = look::at(broker, backbone.broker().engine());
        let builder = App::builder().variable("webhook_allow_http", "true");
        let builder = builder.variable("webhook_http_hosts", "http://*:*");
        let (app, sidecar) = backbone.app(builder.clone());
        Stage {
            broker_version: format!("{} {}", broker.name(), look.version()),
            sidecar_version: format!("daprd {}", sidecar.version()),
            components: Components::read(),
            app,
            sidecar,
            backbone,
            broker,
            builder,
            look,
        }
    }

    /// Somebody new.
    pub(crate) fn person(&self, name: &str) -> Client {
        self.app.client().sign_up(&format!("{name}@example.org"))
    }

    /// One more of the same app with a sidecar of its own, on the same data.
    pub(crate) fn replica(&self) -> (App, RealSidecar) {
        self.backbone.app(self.builder.clone())
    }

    /// In the order of the broker, where that says anything: Dapr takes the entries of a bulk to
    /// Redis and RabbitMQ all at once, so there the changes of a user are put in their own.
    pub(crate) fn topics(&self) -> Topics {
        let mut topics = self.look.topics();
        if self.broker != BrokerKind::Kafka {
            topics.records.sort_by_key(|record| {
                let data = &record.event["data"];
                (data["user_id"].to_string(), data["sequence"].as_u64())
            });
        }
        topics
    }

    pub(crate) fn components(&self) -> &Components {
        &self.components
    }

    /// Waits until everything that was published has had its effect, and checks everything that
    /// must hold of the data then.
    #[track_caller]
    pub(crate) fn settle(&self) {
        let drained = within_by(LOOK_EVERY, PATIENCE, || {
            let ledger = Ledger::read(self.app.data());
            unfinished(&ledger).is_empty().then_some(ledger)
        });
        let ledger = drained.unwrap_or_else(|| {
            let unfinished = unfinished(&Ledger::read(self.app.data()));
            panic!("not finished after {PATIENCE:?}:\n  {}", unfinished.join("\n  "))
        });
        ledger.check(&self.topics());
    }

    /// An orderly end of everything.
    pub(crate) fn end(self) {
        self.app.stop();
    }
}

/// What is still on its way, as far as the app's own data tells.
fn unfinished(ledger: &Ledger) -> Vec<String> {
    let has_an_effect = [EventType::TaskCompleted, EventType::ReminderDue];
    let consumed: HashSet<&str> = ledger.inbox.iter().map(|it| it.event_id.as_str()).collect();
    let events = ledger.events.iter().filter(|event| {
        let is_consumed = || consumed.contains(event.id.as_str());
        event.is_pending
            || (has_an_effect.contains(&EventType::parse(event.kind())) && !is_consumed())
    });
    let events = events.map(|event| format!("{} {}", event.kind(), event.id));
    let deliveries = ledger.deliveries.iter().filter(|delivery| delivery.state == "pending");
    events.chain(deliveries.map(|delivery| format!("{delivery:?}"))).collect()
}
