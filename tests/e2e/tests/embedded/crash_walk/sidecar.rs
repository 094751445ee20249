//! The sidecar dies instead, in a process of its own: before and after each of its effects on the
//! way of a recurring task with a reminder, from the creation to the webhook.
//!
//! Its effects are the commits of its log and its jobs, and its calls to the app: accepted, logged,
//! delivering and delivered are the moments around them.

use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use test_support::{
    App, Call, Client, DataFolder, Ledger, Resources, Sidecar, Topics, address, eventually,
};

use super::{Fate, walk};
use crate::notifications::receiver::{Receiver, Reply};
use crate::notifications::{add_webhook, notifying};
use crate::reminders::from_now;

/// Asking for subscriptions; two topics of three changes, a job, its call, the event that it makes,
/// and an acknowledgement for each.
const EFFECTS_MIN: u64 = 15;
/// Long enough for the scheduler to hear of it while both are up.
const LEAD: Duration = Duration::seconds(3);

/// A user with a webhook, and nothing else yet.
struct Stage {
    data: DataFolder,
    token: String,
}

#[test]
fn killing_the_sidecar_at_any_of_its_effects_loses_nothing_and_doubles_nothing() {
    let receiver = Receiver::start(Reply::Status(204));
    let stage = Stage::set(&receiver);
    walk("the sidecar's own deaths", EFFECTS_MIN, |point| run(&stage, point));
    let mut ids: Vec<String> =
        receiver.received().iter().map(|it| it.header("webhook-id").to_owned()).collect();
    let messages = ids.len();
    ids.sort();
    ids.dedup();
    assert!(messages < 2 * ids.len(), "{messages} messages for {} deliveries", ids.len());
}

impl Stage {
    fn set(receiver: &Receiver) -> Self {
        let app = notifying().start();
        let client = app.client().sign_up("walker@example.org");
        add_webhook(&client, &receiver.url("/hook"));
        app.settle();
        let data = Arc::clone(app.data());
        app.stop();
        Stage { data: data.duplicate(), token: client.token().to_owned() }
    }
}

/// The first life of the sidecar has no clock of its own, so that its effects are those of the
/// scenario; the next one sweeps.
fn run(stage: &Stage, point: &str) -> Fate {
    let data = Arc::new(stage.data.duplicate());
    let listen = address::reserve();
    let quiet = Arc::new(Resources::without_cron());
    let mut sidecar = Sidecar::at(address::reserve(), listen, Arc::clone(&data), quiet);
    let app = notifying().on(data).listen(listen).beside(&sidecar).start();
    sidecar.crash_at(point);
    sidecar.start();
    let client = app.client().with_token(&stage.token);
    act(&client);
    let fate = is_done_or_dead(&app, &mut sidecar, point);
    // A sweep is needed also when all went well but for a publication that met a sidecar which was
    // still starting.
    if fate == Fate::Died {
        sidecar.kill();
        sidecar.resources(&Arc::new(Resources::with_cron_every_second()));
        sidecar.start();
        is_done_or_dead(&app, &mut sidecar, point);
    }
    check(&app.settle(), point);
    app.stop();
    fate
}

/// The API needs no sidecar.
fn act(client: &Client) {
    let task = client.create(json!({
        "title": "Water plants", "due_at": "2031-01-31T09:00:00Z", "recurrence": "monthly",
        "reminders": [],
    }));
    client.complete(&task["id"]);
    let reminders = json!({"title": "Call", "reminders": [{"at": from_now(LEAD)}]});
    client.call(Call::post("/api/me/tasks", reminders)).expect(201);
}

fn is_done_or_dead(app: &App, sidecar: &mut Sidecar, point: &str) -> Fate {
    eventually(&format!("{point}: the webhook and the next instance, or death"), || {
        if sidecar.has_died() {
            return Some(Fate::Died);
        }
        is_done(&Ledger::read(app.data()), &app.topics(), app).then_some(Fate::Untouched)
    })
}

fn is_done(ledger: &Ledger, topics: &Topics, app: &App) -> bool {
    let is_told = ledger.deliveries.iter().any(|delivery| delivery.state == "delivered");
    is_told && ledger.tasks.len() >= 3 && !topics.records.is_empty() && app.is_quiet()
}

fn check(ledger: &Ledger, point: &str) {
    let mut kinds: Vec<&str> = ledger.events.iter().map(|event| event.kind()).collect();
    kinds.sort_unstable();
    let told = ["reminder.due", "task.completed", "task.created", "task.created", "task.created"];
    assert_eq!(kinds, told, "{point}");
    assert_eq!(ledger.successions.len(), 1, "{point}");
    let states: Vec<&str> = ledger.deliveries.iter().map(|it| it.state.as_str()).collect();
    assert_eq!(states, ["delivered"], "{point}");
}
