//! The app in shares: one process holds a single role, another one all the rest, with one sidecar
//! behind both. Only the one with the role dies, at each of its own host calls, while the main job
//! goes on around it.

use std::sync::Arc;

use chrono::Duration;
use serde_json::json;
use task_contracts::names::route;
use test_support::{
    App, Call, Client, DataFolder, Gateway, Ledger, Resources, Sidecar, address, eventually,
};

use super::{Fate, walk};
use crate::notifications::receiver::{Receiver, Reply};
use crate::notifications::{add_webhook, notifying};
use crate::reminders::from_now;

/// Long enough to be set before it rings, on a busy machine, and no longer.
const LEAD: Duration = Duration::seconds(3);

/// A share of the app, by the paths that lead to it.
struct Role {
    name: &'static str,
    paths: &'static [&'static str],
    calls_min: u64,
}

const API: Role = Role { name: "the api", paths: &["/api/"], calls_min: 15 };
const RECURRENCE: Role = Role { name: "the recurrence", paths: &[route::RECURRENCE], calls_min: 5 };
const REMINDER: Role =
    Role { name: "the reminder", paths: &[route::REMINDER, "/job/"], calls_min: 8 };
const NOTIFIER: Role = Role { name: "the notifier", paths: &[route::NOTIFY], calls_min: 7 };
const RELAY: Role = Role { name: "the relay", paths: &[route::CRON_RELAY], calls_min: 5 };

/// A user with a recurring task and a webhook.
struct Stage {
    data: DataFolder,
    token: String,
}

/// One run's processes.
struct Cast {
    dying: App,
    rest: App,
    sidecar: Sidecar,
    front: Gateway,
}

#[test]
fn dying_in_the_api_s_own_process_loses_nothing_and_doubles_nothing() {
    check(&API);
}

#[test]
fn dying_in_the_recurrence_s_own_process_loses_nothing_and_doubles_nothing() {
    check(&RECURRENCE);
}

#[test]
fn dying_in_the_reminder_s_own_process_loses_nothing_and_doubles_nothing() {
    check(&REMINDER);
}

#[test]
fn dying_in_the_notifier_s_own_process_loses_nothing_and_doubles_nothing() {
    check(&NOTIFIER);
}

#[test]
fn dying_in_the_relay_s_own_process_loses_nothing_and_doubles_nothing() {
    check(&RELAY);
}

fn check(role: &Role) {
    let receiver = Receiver::start(Reply::Status(204));
    let stage = if role.is_relay() { Stage::unpublished(&receiver) } else { Stage::set(&receiver) };
    let scenario = format!("the main job, {} dying alone", role.name);
    walk(&scenario, role.calls_min, |point| run(role, &stage, point));
}

impl Role {
    fn is_relay(&self) -> bool {
        self.name == RELAY.name
    }

    /// What is asked of the app before the rest comes about by itself.
    fn acts(&self) -> Vec<Call> {
        match self.is_relay() {
            true => vec![Call::post(route::CRON_RELAY, json!({}))],
            false => work().into(),
        }
    }
}

/// What a person does: the rest is the app's job.
fn work() -> [Call; 2] {
    let body = json!({"title": "Call", "reminders": [{"at": from_now(LEAD)}]});
    [
        Call::new("POST", "/api/me/tasks/1/complete").once("the completion"),
        Call::post("/api/me/tasks", body).once("the creation"),
    ]
}

impl Stage {
    /// The work is done, and nothing of it has been published: whoever writes publishes, so a relay
    /// has work only when they could not.
    fn unpublished(receiver: &Receiver) -> Self {
        let stage = Self::set(receiver);
        let app = notifying().on(Arc::new(stage.data.duplicate())).without_sidecar().start();
        let client = app.client().with_token(&stage.token);
        for act in work() {
            assert!(client.call(act).is_success());
        }
        let data = Arc::clone(app.data());
        app.leave_undrained();
        let stage = Stage { data: data.duplicate(), ..stage };
        // Its relay may have ended in the middle of its last, vain try.
        stage.data.let_leases_run_out();
        stage
    }

    fn set(receiver: &Receiver) -> Self {
        let app = notifying().start();
        let client = app.client().sign_up("walker@example.org");
        add_webhook(&client, &receiver.url("/hook"));
        client.create(json!({
            "title": "Water plants", "due_at": "2031-01-31T09:00:00Z", "recurrence": "monthly",
        }));
        app.settle();
        let data = Arc::clone(app.data());
        app.stop();
        Stage { data: data.duplicate(), token: client.token().to_owned() }
    }
}

impl Cast {
    /// Where the sidecar is is known before it starts, and so is the front that it delivers to.
    fn enter(role: &Role, data: Arc<DataFolder>, point: &str) -> (Self, Fate) {
        let front = Gateway::start();
        // In the first life nothing sweeps, so that the calls are those of the scenario.
        let quiet = Arc::new(Resources::without_cron());
        let mut sidecar =
            Sidecar::at(address::reserve(), front.address(), Arc::clone(&data), quiet);
        let builder = |data: &Arc<DataFolder>| notifying().on(Arc::clone(data)).beside(&sidecar);
        let rest = builder(&data).start();
        let mut fate = Fate::Untouched;
        let dying = builder(&data).crash_at(point).try_start().unwrap_or_else(|_| {
            fate = Fate::Died;
            builder(&data).start()
        });
        front.route("/", &rest.client());
        for path in role.paths {
            front.route(path, &dying.client());
        }
        sidecar.start();
        (Cast { dying, rest, sidecar, front }, fate)
    }

    /// Starts the dead one again, and from now on the sidecar sweeps.
    fn go_on(mut self, data: &DataFolder) -> Self {
        data.let_leases_run_out();
        self.dying = self.dying.restart();
        self.sidecar.stop();
        self.sidecar.resources(&Arc::new(Resources::with_cron_every_second()));
        self.sidecar.start();
        self
    }

    fn client(&self, token: &str) -> Client {
        Client::at(address::url(self.front.address())).with_token(token)
    }
}

fn run(role: &Role, stage: &Stage, point: &str) -> Fate {
    let data = Arc::new(stage.data.duplicate());
    let (mut cast, mut fate) = Cast::enter(role, Arc::clone(&data), point);
    let client = cast.client(&stage.token);
    for act in &role.acts() {
        while client.try_call(act).ok().filter(|answer| answer.is_success()).is_none() {
            eventually(&format!("{point}: who does not answer is dead"), || {
                cast.dying.has_died().then_some(())
            });
            cast = cast.go_on(&data);
            fate = Fate::Died;
        }
    }
    let is_done = |cast: &mut Cast| {
        eventually(&format!("{point}: the job is done, or death"), || {
            if cast.dying.has_died() {
                return Some(false);
            }
            (is_told(&Ledger::read(&data)) && cast.rest.is_quiet()).then_some(true)
        })
    };
    if !is_done(&mut cast) {
        cast = cast.go_on(&data);
        fate = Fate::Died;
        assert!(is_done(&mut cast), "{point}: it died again");
    }
    see(cast);
    fate
}

fn is_told(ledger: &Ledger) -> bool {
    let is_delivered = ledger.deliveries.iter().any(|delivery| delivery.state == "delivered");
    is_delivered && ledger.tasks.len() >= 3
}

fn see(cast: Cast) {
    let ledger = cast.rest.settle();
    let mut kinds: Vec<&str> = ledger.events.iter().map(|event| event.kind()).collect();
    kinds.sort_unstable();
    let told = ["reminder.due", "task.completed", "task.created", "task.created", "task.created"];
    assert_eq!(kinds, told);
    assert_eq!(ledger.successions.len(), 1);
    let states: Vec<&str> = ledger.deliveries.iter().map(|it| it.state.as_str()).collect();
    assert_eq!(states, ["delivered"]);
    cast.dying.leave_undrained();
    cast.rest.leave_undrained();
}
