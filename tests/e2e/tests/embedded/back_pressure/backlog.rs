//! An outbox that has grown while the sidecar was away: it leaves at a steady rate, in bounded
//! memory, and neither an event nor its order is lost on the way.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use task_contracts::names::Topic;
use test_support::topics::Tally;
use test_support::{App, Call, Client, Resources, Topics, within};

use super::metric;

/// A larger run: `TASKMASTER_BACKLOG=1000000 cargo test -p e2e an_outbox_backlog`.
const VARIABLE: &str = "TASKMASTER_BACKLOG";
const EVENTS: usize = 20_000;
const USERS: usize = 4;
/// Some megabytes of file, and an answer well before its client loses patience.
const UPLOAD: usize = 2_500;
/// A backlog is published in so many steps, each of which is told.
const STEPS: usize = 10;
/// How long a step may take, beside what its events may.
const STEP_MAX: Duration = Duration::from_secs(60);
const EVENT_MAX: Duration = Duration::from_millis(20);
/// What the host and its sidecar settle at under any load; a backlog in memory would come on top.
const GROWTH_BYTES_MAX: u64 = 256 * 1024 * 1024;

#[test]
fn an_outbox_backlog_of_many_users_leaves_at_a_steady_rate() {
    let count = std::env::var(VARIABLE).ok().and_then(|text| text.parse().ok());
    drain_a_backlog(USERS, count.unwrap_or(EVENTS));
}

#[test]
fn an_outbox_backlog_of_one_user_leaves_as_fast() {
    drain_a_backlog(1, EVENTS);
}

fn drain_a_backlog(users: usize, count: usize) {
    let app = App::builder().without_sidecar().start();
    let clients: Vec<Client> =
        (0..users).map(|user| app.client().sign_up(&format!("user{user}@example.org"))).collect();
    let count = fill(&clients, count);
    assert_eq!(metric(&clients[0], "outbox_pending"), count as f64);

    let resources = Arc::new(Resources::Checkout);
    let app = app.restart_as(|builder| builder.resources(&resources));
    let steps = watch(&app, &clients[0], count);
    for (number, step) in steps.iter().enumerate() {
        let rate = step.events as f64 / step.took.as_secs_f64();
        let mib = step.resident_bytes >> 20;
        eprintln!("{:>3} %: {rate:>6.0} events/s, {mib} MiB", (number + 1) * 100 / STEPS);
    }
    let took: Duration = steps.iter().map(|step| step.took).sum();
    let rate = count as f64 / took.as_secs_f64();
    let tally = Topics::tally(app.data(), Topic::TaskEvents);
    let Tally { records, events, .. } = tally;
    eprintln!(
        "{count} events of {users} users left in {took:.1?}: {rate:.0} events/s; {} came again",
        records - events
    );
    assert_eq!(tally.events, count as i64, "events on the topic, each counted once");
    assert_eq!(tally.changes, count as i64, "changes that they tell of");
    assert_eq!(tally.overtaken, 0, "changes that came after a later one of their user");
    let growth = app.resident_bytes().1.saturating_sub(steps[0].resident_bytes);
    assert!(growth < GROWTH_BYTES_MAX, "memory grew by {} MiB", growth >> 20);
    // Consumers take their time with so many, and are not what is tried here.
    app.leave_undrained();
}

/// Brings tasks in by files, each of which is an event; gives how many.
fn fill(clients: &[Client], count: usize) -> usize {
    let files = count.div_ceil(UPLOAD * clients.len());
    thread::scope(|scope| {
        for client in clients {
            scope.spawn(move || (0..files).for_each(|number| upload(client, number)));
        }
    });
    files * UPLOAD * clients.len()
}

fn upload(client: &Client, file: usize) {
    let first = file * UPLOAD;
    let line = |number: usize| format!("Task number {number} @load +backlog\n");
    let file: String = (first..first + UPLOAD).map(line).collect();
    let call = Call::new("POST", "/api/me/import?format=todotxt").bytes(file.into_bytes());
    let report = client.call(call).expect(200).json();
    assert_eq!(report["created"], UPLOAD, "{report}");
}

struct Step {
    events: usize,
    took: Duration,
    resident_bytes: u64,
}

/// Follows the outbox until it is empty.
fn watch(app: &App, client: &Client, count: usize) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut left = count;
    for step in 1..=STEPS {
        let begun = Instant::now();
        let goal = count - count * step / STEPS;
        let patience = STEP_MAX + EVENT_MAX * u32::try_from(count / STEPS).unwrap_or(u32::MAX);
        let reached = within(patience, || {
            let pending = metric(client, "outbox_pending") as usize;
            (pending <= goal).then_some(pending)
        });
        let pending = reached.unwrap_or_else(|| panic!("step {step} took over {patience:?}"));
        let resident_bytes = app.resident_bytes().0;
        steps.push(Step { events: left - pending, took: begun.elapsed(), resident_bytes });
        left = pending;
    }
    steps
}
