//! The scheduler knows each reminder under one job, and forgets it with the reminder.

use serde_json::{Value, json};
use test_support::{App, Broker, Client, eventually};

use super::job;

/// Far enough not to ring while the test runs.
const DUE: &str = "2031-05-20T15:00:00Z";

fn app() -> (App, Client, Broker) {
    let app = App::builder().offering_the_sidecar().start();
    let client = app.client().sign_up("planner@example.org");
    let broker = app.holder_of_jobs();
    (app, client, broker)
}

/// Waits until the scheduler holds the job, and checks when it is due.
#[track_caller]
fn check_due(broker: &Broker, name: &str, expected: &str) {
    let job = eventually(&format!("job {name}"), || broker.job(name));
    assert_eq!(job["dueTime"], expected);
    assert_eq!(job["data"]["value"], json!({"name": name}));
    // Without an end to its retries a job outlives any outage of the app.
    assert_eq!(job["failurePolicy"], json!({"constant": {"interval": "5s"}}));
}

#[track_caller]
fn check_gone(broker: &Broker, name: &str) {
    eventually(&format!("job {name} is gone"), || broker.job(name).is_none().then_some(()));
}

fn due_task(client: &Client) -> Value {
    client.create(json!({"title": "Report", "due_at": DUE}))
}

#[test]
fn a_due_date_sets_a_job_a_quarter_of_an_hour_before_and_moving_it_moves_the_job() {
    let (app, client, broker) = app();
    let task = due_task(&client);
    let first = job(&client, &task, 1);
    check_due(&broker, &first, "2031-05-20T14:45:00Z");

    client.change(&task["id"], json!({"due_at": "2031-05-21T15:00:00Z"}));
    check_due(&broker, &job(&client, &task, 2), "2031-05-21T14:45:00Z");
    check_gone(&broker, &first);

    client.delete(&task["id"]);
    check_gone(&broker, &job(&client, &task, 2));
    app.settle();
    app.stop();
}

#[test]
fn a_change_that_moves_no_reminder_leaves_its_job_alone() {
    let (app, client, broker) = app();
    let task = due_task(&client);
    let name = job(&client, &task, 1);
    check_due(&broker, &name, "2031-05-20T14:45:00Z");
    client.change(&task["id"], json!({"title": "Quarterly report"}));
    app.settle();
    check_due(&broker, &name, "2031-05-20T14:45:00Z");
    assert_eq!(broker.job(&job(&client, &task, 2)), None);
    app.stop();
}

#[test]
fn completing_takes_the_job_away_and_reopening_sets_it_again() {
    let (app, client, broker) = app();
    let task = due_task(&client);
    check_due(&broker, &job(&client, &task, 1), "2031-05-20T14:45:00Z");
    client.complete(&task["id"]);
    check_gone(&broker, &job(&client, &task, 1));
    client.reopen(&task["id"]);
    check_due(&broker, &job(&client, &task, 3), "2031-05-20T14:45:00Z");
    app.settle();
    app.stop();
}

#[test]
fn each_of_several_reminders_has_a_job_and_snoozing_adds_one() {
    let (app, client, broker) = app();
    let task = client.create(json!({
        "title": "Flight", "due_at": DUE,
        "reminders": [{"before": "PT1H"}, {"before": "P1D"}, {"at": "2031-05-01T08:00:00Z"}],
    }));
    let name =
        |n: u32, version: u32| format!("r-{}-{}-{n}-{version}", client.user_id(), task["id"]);
    check_due(&broker, &name(1, 1), "2031-05-01T08:00:00Z");
    check_due(&broker, &name(2, 1), "2031-05-19T15:00:00Z");
    check_due(&broker, &name(3, 1), "2031-05-20T14:00:00Z");
    app.settle();
    app.stop();
}

#[test]
fn the_next_instance_of_a_series_brings_its_own_reminder() {
    let (app, client, broker) = app();
    let task = client.create(json!({"title": "Rent", "due_at": DUE, "recurrence": "monthly"}));
    check_due(&broker, &job(&client, &task, 1), "2031-05-20T14:45:00Z");
    client.complete(&task["id"]);
    let next = eventually("the next instance", || client.next_instance(&task));
    check_due(&broker, &job(&client, &next, 1), "2031-06-20T14:45:00Z");
    app.settle();
    app.stop();
}
