//! People who go on working whatever happens behind the app. They repeat what was not answered, and
//! know nothing of what is done to it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::json;
use test_support::{Answer, Call, Client, eventually};

/// A person's program does not hammer; it would only measure the rate limit.
const GAP: Duration = Duration::from_millis(50);

/// Everybody completes recurring tasks while `disturb` runs. Returns how many were completed.
pub(crate) fn work_while<T>(people: &[Client], disturb: impl FnOnce() -> T) -> (T, usize) {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        let works: Vec<_> =
            people.iter().map(|person| scope.spawn(|| work(person, &is_over))).collect();
        let over = OnDrop(&is_over);
        let disturbed = disturb();
        drop(over);
        let completed = works.into_iter().map(|work| work.join().expect("a person's program"));
        (disturbed, completed.sum())
    })
}

/// Lets everybody work for so long.
pub(crate) fn work_for(people: &[Client], time: Duration) -> usize {
    work_while(people, || let_pass(time)).1
}

/// Lets people go on for so long, with whatever they have now.
pub(crate) fn let_pass(time: Duration) {
    thread::sleep(time);
}

/// The people are told that it is over also when the disturbance fails.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn work(person: &Client, is_over: &AtomicBool) -> usize {
    let mut completed = 0;
    let mut created = 0;
    while !is_over.load(Ordering::Relaxed) {
        thread::sleep(GAP);
        let pending = insist(person, &Call::get("/api/me/tasks?status=pending&limit=1"));
        let key = format!("{created}-{completed}-{:?}", thread::current().id());
        match &pending.expect(200).json()["tasks"][0]["id"] {
            // The next instance is not there yet.
            serde_json::Value::Null => {
                let body = json!({
                    "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "daily",
                });
                insist(person, &Call::post("/api/me/tasks", body).once(&key)).expect(201);
                created += 1;
            }
            id => {
                let call = Call::new("POST", &format!("/api/me/tasks/{id}/complete"));
                insist(person, &call.once(&key)).expect(200);
                completed += 1;
            }
        }
    }
    completed
}

/// Repeats a request until it is answered; only an app that says it cannot now gives a reason to.
fn insist(person: &Client, call: &Call) -> Answer {
    eventually("an answer", || person.try_call(call).ok().filter(|answer| answer.status != 503))
}
