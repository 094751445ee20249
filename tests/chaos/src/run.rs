//! One run from its beginning to its verdict: who takes part, and what they share.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use test_support::app_database::Engine;

use crate::devices::Devices;
use crate::dice::{Part, generator};
use crate::findings::Findings;
use crate::journal::Journal;
use crate::load::{self, People};
use crate::receiver::Receiver;
use crate::report::Report;
use crate::stage::Stage;
use crate::tally::Tally;
use crate::{faults, progress, settle, verdict};

/// Those who are there from the beginning.
const PEOPLE_MIN: u64 = 8;
/// Enough that a batch of the relay, which mixes users, is worth its name.
pub(crate) const PEOPLE_MAX: u64 = 24;
/// Most of a request is waiting, and during an outage all of it.
const WORKERS: usize = 48;

/// What the command line asks for.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) length: Duration,
    pub(crate) engine: Engine,
    pub(crate) arrivals_per_second: f64,
    /// Where the logs of what was under test are kept, if anywhere.
    pub(crate) logs: Option<PathBuf>,
}

pub(crate) struct Run {
    pub(crate) plan: Plan,
    pub(crate) people: People,
    pub(crate) journal: Journal,
    pub(crate) findings: Findings,
    pub(crate) tally: Arc<Tally>,
    pub(crate) receiver: Receiver,
    pub(crate) stage: Stage,
    begun: Instant,
    is_over: AtomicBool,
    last_ring_ms: AtomicI64,
}

impl Run {
    fn new(plan: &Plan) -> Self {
        let tally = Arc::new(Tally::default());
        let stage = Stage::set(plan, &tally);
        let dice = generator(plan.seed, Part::Receiver);
        Run {
            plan: plan.clone(),
            people: People::default(),
            journal: Journal::default(),
            findings: Findings::default(),
            receiver: Receiver::start(stage.runtime(), dice, || now().timestamp_millis()),
            tally,
            stage,
            begun: Instant::now(),
            is_over: AtomicBool::new(false),
            last_ring_ms: AtomicI64::new(0),
        }
    }

    /// Whether nothing new is begun any more.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Somebody wants to be reminded at this instant.
    pub(crate) fn expects_ring(&self, at: DateTime<Utc>) {
        self.last_ring_ms.fetch_max(at.timestamp_millis(), Ordering::Relaxed);
    }

    /// The latest instant that the run waits for in the end.
    pub(crate) fn last_ring_ms(&self) -> i64 {
        self.last_ring_ms.load(Ordering::Relaxed)
    }

    /// Waits for a moment that something is planned at. Says whether the run goes on until then.
    pub(crate) fn waits_until(&self, moment: Instant) -> bool {
        /// How soon the end of a run is noticed.
        const LOOK: Duration = Duration::from_millis(100);
        loop {
            let left = moment.saturating_duration_since(Instant::now());
            if self.is_over() {
                return false;
            }
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(LOOK));
        }
    }
}

/// Raises a flag in the end, also in that of a panic: threads of a scope that nobody tells would
/// keep the panic from ever being seen.
struct Raised<'f>(&'f AtomicBool);

impl Drop for Raised<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The real clock. What runs under test may have another one.
#[expect(clippy::disallowed_methods, reason = "the app under test lives in real time")]
pub(crate) fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

pub(crate) fn run(plan: &Plan) -> Report {
    let run = Run::new(plan);
    let mut dice = generator(plan.seed, Part::Deed(0));
    for number in 1..=PEOPLE_MIN {
        run.people.welcome(&run, number, &mut dice);
    }
    let mut devices = Devices::default();
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        let _done = Raised(&is_done);
        scope.spawn(|| progress::show(&run, &is_done));
        work(&run, &mut devices);
        run.stage.calm_down();
        settle::settle(&run);
    });
    if let Some(folder) = &plan.logs {
        run.stage.keep_logs(folder);
    }
    let checked = verdict::reach(&run, &mut devices);
    Report::of(&run, checked)
}

/// The part in which people work and things break.
fn work<'e>(run: &'e Run, devices: &'e mut Devices) {
    let (line, waiting) = mpsc::channel();
    let waiting = Mutex::new(waiting);
    thread::scope(|scope| {
        // Hung up when it ends, so that the workers end after it.
        scope.spawn(move || load::arrive(run, &line));
        for _ in 0..WORKERS {
            scope.spawn(|| load::work_off(run, &waiting));
        }
        let over = Raised(&run.is_over);
        devices.follow(run, scope);
        faults::begin(run, scope);
        thread::sleep(run.plan.length);
        drop(over);
        // Streams have no end of their own.
        run.stage.cut_people_off(1.0, run.plan.seed);
    });
}
