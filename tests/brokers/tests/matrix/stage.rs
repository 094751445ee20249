//! What a scenario plays on: a broker, Dapr's sidecars and scheduler, and the app with its people.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use task_contracts::names::EventType;
use test_support::{
    App, AppBuilder, Backbone, BrokerKind, Client, DataFolder, Ledger, RealSidecar, Topics,
    within_by,
};

use crate::components::Components;
use crate::look::{self, Look};
use crate::setting::{Form, Setting};

/// What Redis hands out again after its consumer's death comes after three minutes (see
/// `dapr/brokers/redis/pubsub.yaml`); then it still has to be done.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);
/// Each look reads all rows; more often, it would take the app's core.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Its parts, in the order in which they end.
pub(crate) struct Stage {
    /// What the app consists of; people talk to the first one.
    pub(crate) shares: Vec<Share>,
    pub(crate) backbone: Backbone,
    pub(crate) setting: Setting,
    pub(crate) broker_version: String,
    pub(crate) sidecar_version: String,
    builder: AppBuilder,
    look: Box<dyn Look>,
    components: Components,
}

/// A process of the app, and the sidecar that it has to itself.
pub(crate) struct Share {
    pub(crate) app: App,
    pub(crate) sidecar: RealSidecar,
}

impl Stage {
    /// Everything new and empty.
    pub(crate) fn set(setting: Setting) -> Self {
        let Setting { broker, form } = setting;
        let backbone = Backbone::start(broker, form.version());
        let look = look::at(broker, backbone.broker().engine());
        let builder = App::builder().variable("webhook_allow_http", "true");
        let builder = builder.variable("webhook_http_hosts", "http://*:*");
        let builder = builder.variable("role", "by-app-id");
        let shares = start(form, &backbone, &builder);
        Stage {
            broker_version: format!("{} {}", broker.name(), look.version()),
            sidecar_version: format!("daprd {}", shares[0].sidecar.version()),
            components: Components::read(),
            shares,
            backbone,
            setting,
            builder,
            look,
        }
    }

    /// Where people are answered.
    pub(crate) fn app(&self) -> &App {
        &self.shares[0].app
    }

    pub(crate) fn sidecar(&self) -> &RealSidecar {
        &self.shares[0].sidecar
    }

    /// The share that has this word at the end of its app-id, if the app is split.
    pub(crate) fn share(&self, word: &str) -> Option<&Share> {
        let ids = self.setting.form.app_ids();
        ids.iter().position(|id| id.ends_with(word)).map(|place| &self.shares[place])
    }

    pub(crate) fn data(&self) -> &Arc<DataFolder> {
        self.app().data()
    }

    /// Somebody new.
    pub(crate) fn person(&self, name: &str) -> Client {
        self.app().client().sign_up(&format!("{name}@example.org"))
    }

    /// One more of the same app with a sidecar of its own, on the same data.
    pub(crate) fn replica(&self) -> (App, RealSidecar) {
        self.backbone.app(self.builder.clone())
    }

    /// Five that are together what this app is, on the same data.
    pub(crate) fn five(&self) -> Vec<Share> {
        start(Form::FiveApps, &self.backbone, &self.builder)
    }

    /// In the order of the broker, where that says anything: Dapr takes the entries of a bulk to
    /// Redis and RabbitMQ all at once, so there the changes of a user are put in their own.
    pub(crate) fn topics(&self) -> Topics {
        let mut topics = self.look.topics();
        if self.setting.broker != BrokerKind::Kafka {
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
            let ledger = Ledger::read(self.data());
            unfinished(&ledger).is_empty().then_some(ledger)
        });
        let ledger = drained.unwrap_or_else(|| {
            let unfinished = unfinished(&Ledger::read(self.data()));
            panic!("not finished after {PATIENCE:?}:\n  {}", unfinished.join("\n  "))
        });
        ledger.check(&self.topics());
    }

    /// An orderly end of everything.
    pub(crate) fn end(self) {
        for share in self.shares {
            share.app.stop();
        }
    }
}

fn start(form: Form, backbone: &Backbone, builder: &AppBuilder) -> Vec<Share> {
    let shares = form.app_ids().iter().map(|id| {
        let (app, sidecar) = backbone.app_called(id, builder.clone());
        Share { app, sidecar }
    });
    shares.collect()
}

/// Whether something is still on its way.
pub(crate) fn has_unfinished(data: &DataFolder) -> bool {
    !unfinished(&Ledger::read(data)).is_empty()
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
    let deliveries = deliveries.map(|delivery| format!("{delivery:?}"));
    let overdue = ledger
        .reminders
        .iter()
        .filter(|reminder| reminder.state == "pending" && reminder.fire_at_ms <= ledger.read_at_ms);
    let overdue = overdue.map(|reminder| format!("{reminder:?}"));
    events.chain(deliveries).chain(overdue).collect()
}
