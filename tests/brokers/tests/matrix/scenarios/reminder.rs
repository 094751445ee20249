//! A reminder rings at its second by Dapr's own scheduler, and reaches its owner's webhook once.

use std::sync::mpsc::Receiver;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use test_support::webhook::{self, Told};
use test_support::{Call, Client};

use crate::clock;
use crate::stage::Stage;

/// Behind these nobody would have armed the job in time.
pub(super) const LEAD: TimeDelta = TimeDelta::seconds(4);
/// A test that waits longer is broken.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// What a person still calls "at the right second", and what the way to the webhook takes.
pub(super) const LATE_MAX: Duration = Duration::from_secs(3);

pub(super) fn play(stage: &mut Stage) -> String {
    let bell = Bell::of(&stage.person("rung"));
    let reminder = bell.set(clock::now() + LEAD);
    let late = bell.rings(&reminder, PATIENCE);
    assert!(late < LATE_MAX, "{} ms late", late.as_millis());
    stage.settle();
    bell.assert_silent();
    format!("{} ms after its instant", late.as_millis())
}

/// Somebody's reminders, and the webhook that is told of them.
pub(super) struct Bell {
    client: Client,
    told: Receiver<Told>,
}

/// One reminder of one task.
pub(super) struct Set {
    task: Value,
    fire_at: DateTime<Utc>,
}

impl Bell {
    pub(super) fn of(client: &Client) -> Self {
        let (url, told) = webhook::start();
        let channel = json!({"type": "webhook", "url": url});
        client.call(Call::post("/api/me/channels", channel)).expect(201);
        Bell { client: client.clone(), told }
    }

    pub(super) fn set(&self, fire_at: DateTime<Utc>) -> Set {
        let at = fire_at.to_rfc3339_opts(SecondsFormat::Millis, true);
        let task = json!({"title": "Call the bank", "reminders": [{"at": at}]});
        Set { task: self.client.create(task), fire_at }
    }

    /// Waits until it rings, and returns how late it was.
    #[track_caller]
    pub(super) fn rings(&self, set: &Set, patience: Duration) -> Duration {
        let (arrived_at, message) = self.told.recv_timeout(patience).expect("the webhook is told");
        assert_eq!(message["type"], "reminder.due");
        assert_eq!(message["data"]["task_data"]["id"], set.task["id"]);
        (arrived_at - set.fire_at).to_std().expect("not before its instant")
    }

    /// What it was told until now that nobody waited for.
    pub(super) fn told(&self) -> Vec<Told> {
        self.told.try_iter().collect()
    }

    /// Nothing was told that nobody waited for.
    #[track_caller]
    pub(super) fn assert_silent(&self) {
        assert!(self.told().is_empty(), "it was told twice");
    }
}
