//! Many requests with one Idempotency-Key, and the app dies among them: they are one request.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use serde_json::json;
use test_support::seed::pause;
use test_support::{App, Call, Client, Seed, eventually};

/// Programs of one user that all send the same request until it is answered.
const TOGETHER: usize = 100;
const ROUNDS: usize = 5;
/// Some rounds die before the first commit, some after it, some in between.
const LIFE_MAX: Duration = Duration::from_millis(60);

/// What a program was told in the end, and how often it had to ask.
struct Told {
    text: String,
    tries: usize,
}

#[test]
fn a_hundred_requests_with_one_key_make_one_task_through_a_kill() {
    let seed = Seed::announce("one key");
    let mut generator = seed.generator(0);
    let mut app = App::start();
    let client = app.client().sign_up("together@example.org");
    let mut repeated = 0;
    for round in 1..=ROUNDS {
        let key = format!("round {round}");
        let create = Call::post("/api/me/tasks", json!({"title": key})).once(&key);
        let told: Vec<Told>;
        (app, told) = thread::scope(|scope| {
            let asked: Vec<_> =
                (0..TOGETHER).map(|_| scope.spawn(|| insist(&client, &create))).collect();
            pause(&mut generator, LIFE_MAX);
            let app = app.restart();
            (app, asked.into_iter().map(|asked| asked.join().expect("an answer")).collect())
        });
        repeated += told.iter().filter(|told| told.tries > 1).count();
        let distinct: BTreeSet<&str> = told.iter().map(|told| told.text.as_str()).collect();
        assert_eq!(distinct.len(), 1, "{distinct:?}");
        assert_eq!(client.tasks().len(), round);
        let other = Call::post("/api/me/tasks", json!({"title": "another"})).once(&key);
        client.call(other).expect(422);
    }
    eprintln!("one key: {repeated} of {} requests met a kill", ROUNDS * TOGETHER);
    let ledger = app.settle();
    assert_eq!(ledger.tasks.len(), ROUNDS);
    assert_eq!(ledger.events.len(), ROUNDS);
    app.stop();
}

fn insist(client: &Client, call: &Call) -> Told {
    let mut tries = 0;
    let answer = eventually("an answer", || {
        tries += 1;
        client.try_call(call).ok().filter(|answer| answer.status != 503)
    });
    Told { text: answer.expect(201).text(), tries }
}
