//! The end of a run: nothing is broken any more, and everything that was begun comes to its end.

use std::thread;
use std::time::{Duration, Instant};

use test_support::Ledger;
use test_support::invariants::Invariant;

use crate::run::Run;

/// Two of the longest leases, a clock that was set back, and the way through a long outbox.
const PATIENCE: Duration = Duration::from_secs(150);
const LOOK: Duration = Duration::from_millis(500);

pub(crate) fn settle(run: &Run) {
    let until = Instant::now() + PATIENCE;
    loop {
        let left = match run.stage.is_quiet() {
            true => left(run, &Ledger::read(run.stage.data())),
            false => vec!["events on their way".to_owned()],
        };
        // What was found done may have begun something: quiet is what stays so.
        if left.is_empty() && run.stage.is_quiet() {
            return;
        }
        if Instant::now() >= until {
            let what = format!("after {PATIENCE:?} there are still {}", left.join(", "));
            return run.findings.of_all(Invariant::EverythingDrains, what);
        }
        thread::sleep(LOOK);
    }
}

/// What has still to happen.
fn left(run: &Run, ledger: &Ledger) -> Vec<String> {
    let last_ring = run.last_ring_ms();
    let reminders = ledger
        .reminders
        .iter()
        .filter(|reminder| reminder.state == "pending" && reminder.fire_at_ms <= last_ring)
        .count();
    let deliveries = ledger.deliveries.iter().filter(|it| it.state == "pending").count();
    let counts = [(reminders, "reminders to ring"), (deliveries, "deliveries to make")];
    let counts = counts.into_iter().filter(|(count, _)| *count > 0);
    counts.map(|(count, what)| format!("{count} {what}")).collect()
}
