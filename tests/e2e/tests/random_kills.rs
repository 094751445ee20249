//! kill -9 at random moments while several people work. Their programs repeat what was not
//! answered, with the same key; in the end everything happened once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use test_support::seed::pause;
use test_support::{Answer, App, Call, Client, Resources, Seed, eventually};

const KILLS: usize = 50;
/// With fewer, the kills have met nothing worth killing.
const COMPLETED_MIN: usize = 50;
const USERS: u64 = 4;
/// Long enough for some requests to get through between two kills, short enough to hit them.
pub(crate) const LIFE_MAX: Duration = Duration::from_millis(700);
/// A person's program does not hammer; it would only measure the rate limit.
const GAP_MAX: Duration = Duration::from_millis(20);

/// What one user's program was told, and so may rely on.
#[derive(Default)]
pub(crate) struct Told {
    created: usize,
    completed: BTreeSet<u64>,
}

#[test]
fn after_fifty_kills_every_answer_holds_and_every_completion_has_one_next_instance() {
    let seed = Seed::announce("killing the app");
    let app = App::builder().resources(&Arc::new(Resources::with_cron_every_second())).start();
    let clients = people(&app);
    let (app, told) = people_work(&clients, seed, || kill_at_random(app, seed.generator(0)));
    check(&app, &clients, &told);
    app.stop();
}

pub(crate) fn people(app: &App) -> Vec<Client> {
    (0..USERS).map(|user| app.client().sign_up(&format!("user{user}@example.org"))).collect()
}

/// Everybody works while `disturb` runs, and says in the end what they were told.
pub(crate) fn people_work<T>(
    clients: &[Client],
    seed: Seed,
    disturb: impl FnOnce() -> T,
) -> (T, Vec<Told>) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let works = clients.iter().zip(1..).map(|(client, part)| {
            let (is_over, generator) = (&is_over, seed.generator(part));
            scope.spawn(move || work(client, generator, is_over))
        });
        let works: Vec<_> = works.collect();
        let disturbed = disturb();
        is_over.store(true, Ordering::Relaxed);
        let told = works.into_iter().map(|work| work.join().expect("a user's program"));
        (disturbed, told.collect())
    })
}

fn kill_at_random(mut app: App, mut generator: StdRng) -> App {
    for _ in 0..KILLS {
        pause(&mut generator, LIFE_MAX);
        app = app.restart();
    }
    app
}

/// Creates recurring tasks and completes pending ones, until told to stop.
fn work(client: &Client, mut generator: StdRng, is_over: &AtomicBool) -> Told {
    let mut told = Told::default();
    while !is_over.load(Ordering::Relaxed) {
        pause(&mut generator, GAP_MAX);
        let pending = insist(client, &Call::get("/api/me/tasks?status=pending&limit=50"));
        let pending = pending.expect(200).json()["tasks"].as_array().cloned().unwrap_or_default();
        let key = format!("{:032x}", generator.random::<u128>());
        match pending.choose(&mut generator) {
            Some(task) if generator.random_bool(0.7) => complete(client, task, &key, &mut told),
            _ => {
                let body = json!({
                    "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
                });
                let created = insist(client, &Call::post("/api/me/tasks", body).once(&key));
                created.expect(201);
                told.created += 1;
            }
        }
    }
    told
}

fn complete(client: &Client, task: &Value, key: &str, told: &mut Told) {
    let path = format!("/api/me/tasks/{}/complete", task["id"]);
    let completed = insist(client, &Call::new("POST", &path).once(key)).expect(200).json();
    assert_eq!(completed["completed"], true);
    told.completed.extend(completed["id"].as_u64());
}

/// Repeats a request until it is answered. Only an app that is down, or says that a part of it is,
/// gives a reason to.
fn insist(client: &Client, call: &Call) -> Answer {
    eventually("an answer", || client.try_call(call).ok().filter(|answer| answer.status != 503))
}

pub(crate) fn check(app: &App, clients: &[Client], told: &[Told]) {
    let ledger = app.settle();
    for (client, told) in clients.iter().zip(told) {
        let tasks = client.tasks();
        let completed = tasks.iter().filter(|task| task["completed"] == true);
        let completed: BTreeSet<u64> = completed.filter_map(|task| task["id"].as_u64()).collect();
        assert_eq!(completed, told.completed, "{}: completed tasks", client.email());
        assert_eq!(tasks.len(), told.created + completed.len(), "{}: tasks", client.email());
    }
    assert_eq!(ledger.successions.len(), ledger.completed_occurrences(), "next instances");
    let completed: usize = told.iter().map(|told| told.completed.len()).sum();
    let created: usize = told.iter().map(|told| told.created).sum();
    eprintln!("random kills: {created} tasks created, {completed} completed");
    assert!(completed >= COMPLETED_MIN, "the users hardly got anything done");
}
