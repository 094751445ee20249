//! The process dies just before and just after every single effect that it has, one after the
//! other, until the scenario completes untouched. Whatever the moment, nothing is lost and nothing
//! happens twice.

mod account;
mod completion;
mod dead_letter;
mod delivery;
mod first_start;
mod import;
mod reminder;
mod roles;
mod run;
mod sidecar;
mod tasks;

use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::{env, thread};

use test_support::Engine;

/// A run is mostly waiting, for processes to start and for the sweep, so there are more than cores.
const WORKERS: u64 = 6;
/// Calls of one run may be reached in another order than in the next: only when this many in a row
/// are beyond the end of the scenario, it is walked to its end.
const UNTOUCHED_IN_A_ROW: u64 = 4;
/// A scenario has some dozens of calls. Past this, something in it goes round in circles.
const POINTS_MAX: u64 = 400;

/// Names the file to which each walk adds a line, for whoever shows them all together.
const REPORT: &str = "TASKMASTER_CRASH_WALKS";

/// What a crash point did to a run of the scenario.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Died,
    Untouched,
}

/// How far a walk has come.
#[derive(Default)]
struct Walk {
    begun: AtomicU64,
    died: AtomicU64,
    /// The last point that somebody died at.
    last: AtomicU64,
    /// The points that left the scenario alone.
    untouched: Mutex<Vec<u64>>,
}

/// Runs the scenario with a crash point before and after the first host call, the second, … A
/// scenario of fewer calls than `calls_min` is not the one that was meant.
fn walk(scenario: &str, calls_min: u64, run: impl Fn(&str) -> Fate + Sync) {
    let walk = Walk::default();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| walk.work(&run));
        }
    });
    let died = walk.died.load(Ordering::Relaxed);
    let last = walk.last.load(Ordering::Relaxed);
    report(&format!("{}\t{scenario}\t{last}\t{died}\n", Engine::of_this_run()));
    assert!(last >= calls_min, "{scenario} in {last} host calls is not the whole scenario");
}

/// One line: engine, scenario, host calls, deaths survived.
fn report(line: &str) {
    eprint!("crash walk: {line}");
    let Some(path) = env::var_os(REPORT) else { return };
    let file = File::options().create(true).append(true).open(&path);
    let written = file.and_then(|mut file| file.write_all(line.as_bytes()));
    written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

impl Walk {
    fn work(&self, run: &impl Fn(&str) -> Fate) {
        while !self.is_over() {
            let point = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
            assert!(point <= POINTS_MAX, "no end within {POINTS_MAX} host calls");
            let fates = ["before", "after"].map(|when| run(&format!("{when}:{point}")));
            let deaths = fates.iter().filter(|fate| **fate == Fate::Died).count();
            self.died.fetch_add(deaths as u64, Ordering::Relaxed);
            match deaths {
                0 => self.untouched().push(point),
                _ => drop(self.last.fetch_max(point, Ordering::Relaxed)),
            }
        }
    }

    fn is_over(&self) -> bool {
        let untouched = self.untouched();
        let follow =
            |point: u64| (point..point + UNTOUCHED_IN_A_ROW).all(|next| untouched.contains(&next));
        untouched.iter().any(|point| follow(*point))
    }

    fn untouched(&self) -> MutexGuard<'_, Vec<u64>> {
        self.untouched.lock().expect("no worker panics while it holds this")
    }
}
