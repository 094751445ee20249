//! The very first request of a new deployment: it makes the database, and an account in it.

use std::sync::Arc;

use serde_json::json;
use test_support::{App, Call, Client, Engine, Resources};

use super::{Fate, walk};

/// Making the tables takes some forty statements on SQLite, and one for each migration on
/// PostgreSQL.
const CALLS_MIN_SQLITE: u64 = 40;
const CALLS_MIN_POSTGRES: u64 = 10;
const EMAIL: &str = "first@example.org";
const PASSWORD: &str = "correct horse";

#[test]
fn dying_at_any_host_call_of_the_first_sign_up_leaves_one_account_that_works() {
    let calls_min = match Engine::of_this_run() {
        Engine::Sqlite => CALLS_MIN_SQLITE,
        Engine::Postgres => CALLS_MIN_POSTGRES,
    };
    walk("the first sign-up", calls_min, run);
}

fn run(point: &str) -> Fate {
    let quiet = Arc::new(Resources::without_cron());
    let builder = App::builder().resources(&quiet);
    let mut fate = Fate::Untouched;
    let crashing = builder.clone().crash_at(point).try_start();
    let app = crashing.unwrap_or_else(|_| {
        fate = Fate::Died;
        builder.start()
    });
    let app = match sign_up(&app.client()) {
        true => app,
        false => {
            fate = Fate::Died;
            let app = app.restart();
            assert!(sign_up(&app.client()), "{point}: the app died again");
            app
        }
    };
    // From here on without the crash point: it may lie just beyond the sign-up.
    let app = app.restart();
    let client = sign_in(&app.client());
    client.create(json!({"title": "It works"}));
    let ledger = app.settle();
    assert_eq!(ledger.users.len(), 1, "{point}: accounts");
    app.stop();
    fate
}

/// Whether there was an answer. It may say that an unanswered attempt had opened the account.
fn sign_up(client: &Client) -> bool {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let answered = client.try_call(&Call::post("/api/auth/signup", body));
    let status = answered.map(|answer| answer.status);
    assert!(matches!(status, Err(_) | Ok(201 | 409)), "{status:?}");
    status.is_ok()
}

fn sign_in(client: &Client) -> Client {
    let body = json!({"email": EMAIL, "password": PASSWORD});
    let signed_in = client.call(Call::post("/api/auth/signin", body)).expect(200).json();
    client.with_token(signed_in["access_token"].as_str().unwrap_or_default())
}
