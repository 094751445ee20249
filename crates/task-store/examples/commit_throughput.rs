//! Measures the store on SQLite without any host: commits, reads, and draining the outbox.
//!
//! `cargo run --profile native -p task-store --example commit_throughput [folder]`; it names the
//! disk, and is the system's temporary one by default.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for the terminal")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::DateTime;
use futures::executor::block_on;
use task_domain::text::{Description, Title};
use task_domain::{Priority, Task, TaskNumber, UserId};
use task_store::account::Account;
use task_store::change_set::{EventDraft, RateCharge, TaskRef, Topics};
use task_store::query::{Filter, TaskQuery};
use task_store::relay::{LeaseState, Mark, OutboxEvent};
use task_store::store::BatchLimits;
use task_store::{ChangeSet, Dialect, SqlStore, Store};
use test_support::sqlite::SqliteDb;
use uuid::Uuid;

const COMMITS: u32 = 5_000;
const READS: u32 = 2_000;
const BATCHES: u32 = 100;
const FREE: LeaseState = LeaseState::Free { failures: 0 };
const LIMITS: BatchLimits =
    BatchLimits { events: 100, bytes: 1_000_000, per_user: 50, lease_ms: 10_000 };
/// What a created task's event has, to the order of magnitude.
const BODY_BYTES: usize = 1_200;

type Native = SqlStore<SqliteDb>;

fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder).unwrap();
    let open = |name: &str, synchronous: &str| {
        let db = SqliteDb::open(&folder.path().join(name)).unwrap();
        let set = format!("PRAGMA synchronous = {synchronous}");
        db.with(|it| it.execute_batch(&set)).unwrap();
        SqlStore::new(db, Dialect::Sqlite)
    };
    for synchronous in ["FULL", "NORMAL"] {
        measure_bare_inserts(&open(&format!("bare-{synchronous}.db"), synchronous), synchronous);
        measure_commits(&open(&format!("commits-{synchronous}.db"), synchronous), synchronous);
    }
    measure_reads(&open("commits-FULL.db", "FULL"));
    measure_drain(&open("many.db", "FULL"), 100, 10_000);
    measure_drain(&open("single.db", "FULL"), 1, 1_000_000);
    measure_drain(&open("crowd.db", "FULL"), 10_000, 100);
}

/// What the disk allows: one row of an event's size in each transaction.
fn measure_bare_inserts(store: &Native, synchronous: &str) {
    block_on(store.ping()).unwrap();
    let body = "x".repeat(BODY_BYTES);
    let bare = "CREATE TABLE bare (position INTEGER PRIMARY KEY, body TEXT)";
    store.db().with(|it| it.execute_batch(bare)).unwrap();
    let work = timed(COMMITS, |_| {
        let insert = "INSERT INTO bare (body) VALUES (?1)";
        store.db().with(|it| it.prepare_cached(insert).unwrap().execute([&body])).unwrap();
    });
    work.report(&format!("bare insert, synchronous={synchronous}"));
}

fn measure_commits(store: &Native, synchronous: &str) {
    let user = account(store, 0);
    let work = timed(COMMITS, |index| {
        block_on(store.commit(&insertion(user, index, 1))).unwrap();
    });
    work.report(&format!("commit of a task and its event, synchronous={synchronous}"));
}

fn measure_reads(store: &Native) {
    let user = UserId(Uuid::from_u128(1));
    let work = timed(READS, |index| {
        let number = TaskNumber(1 + index % COMMITS);
        block_on(store.task_view(user.into(), number, None)).unwrap().unwrap();
    });
    work.report("view of one task of 5 000");
    for filter in [Filter::All, Filter::Pending] {
        let query = TaskQuery { descending: true, ..TaskQuery::all(filter, 20) };
        let work = timed(READS, |_| {
            block_on(store.list(user.into(), &query)).unwrap().unwrap();
        });
        work.report(&format!("page of 20 tasks of 5 000, {filter:?}"));
    }
}

/// Fills the outbox, then claims and marks a part of it.
fn measure_drain(store: &Native, users: u32, events_each: u32) {
    const EVENTS_PER_COMMIT: u32 = 1_000;
    let per_commit = events_each.min(EVENTS_PER_COMMIT);
    let users: Vec<UserId> = (0..users).map(|index| account(store, index)).collect();
    for round in 0..events_each / per_commit {
        for user in &users {
            block_on(store.commit(&insertion(*user, round, per_commit))).unwrap();
        }
    }
    let name = format!("{} users x {events_each} events", users.len());
    timed(1, |_| assert!(block_on(store.gauges(now())).unwrap().outbox_pending > 0))
        .report(&format!("{name}: gauges"));
    timed(1, |_| assert_eq!(block_on(store.lease_state(now())).unwrap(), FREE))
        .report(&format!("{name}: lease state"));

    let holder = Uuid::from_u128(7);
    let (mut marked, mut longest) = (0, Duration::ZERO);
    let mut batch = block_on(store.claim(holder, now(), LIMITS)).unwrap().unwrap();
    let work = timed(BATCHES, |_| {
        let marks: Vec<Mark> = batch.iter().map(published).collect();
        marked += marks.len();
        let started = Instant::now();
        batch = block_on(store.mark(holder, now(), &marks, LIMITS)).unwrap().unwrap();
        longest = longest.max(started.elapsed());
    });
    work.report(&format!("{name}: mark and next batch"));
    let rate = marked as f64 / work.elapsed.as_secs_f64();
    println!("{name}: {rate:.0} events/s, longest batch {longest:?}");
}

fn published(event: &OutboxEvent) -> Mark {
    Mark { position: event.position, published: event.pending, refusal: None }
}

fn account(store: &Native, index: u32) -> UserId {
    let id = UserId(Uuid::from_u128(u128::from(index) + 1));
    let account = Account {
        id,
        email: format!("{index}@example.org"),
        name: String::new(),
        timezone: chrono_tz::UTC,
        password_hash: None,
        token_epoch: 0,
        external_sub: None,
        quiet_hours: None,
        created_at: now(),
    };
    block_on(store.create_account(&account)).unwrap();
    id
}

/// A task, and so many events of it.
fn insertion(user: UserId, index: u32, events: u32) -> ChangeSet {
    let mint = |event: u32| {
        Uuid::from_u128((user.0.as_u128() << 64) + (u128::from(index) << 32) + u128::from(event))
    };
    let draft = |event| EventDraft {
        id: mint(event),
        task: TaskRef::Insert(0),
        topics: Topics::TASK_EVENTS.with(Topics::TASK_UPDATES),
        body: format!(r#"{{"data":"{}"}}"#, "x".repeat(BODY_BYTES)),
    };
    ChangeSet {
        inserts: vec![task(index)],
        events: (0..events).map(draft).collect(),
        rate: Some(RateCharge { cost: 1, capacity: 1_000_000, refill_per_second: 1_000 }),
        ..ChangeSet::new(mint(u32::MAX), user, now())
    }
}

fn task(index: u32) -> Task {
    Task {
        title: Title::parse(&format!("Water the plants {index}")).unwrap(),
        description: Description::parse("All of them, and the neighbour's as well.").unwrap(),
        priority: Priority::Medium,
        tags: Vec::new(),
        due_at: Some(now()),
        timezone: chrono_tz::UTC,
        recurrence: None,
        reminders: Vec::new(),
        subtasks: Vec::new(),
        series: None,
        completed_at: None,
        created_at: now(),
        updated_at: now(),
    }
}

fn now() -> DateTime<chrono::Utc> {
    DateTime::from_timestamp_millis(1_800_000_000_000).unwrap()
}

/// So much of something, and the time it took: by the clock, and of the processor.
struct Work {
    count: u32,
    elapsed: Duration,
    processor: Duration,
}

fn timed(count: u32, mut work: impl FnMut(u32)) -> Work {
    let (started, processor) = (Instant::now(), processor_time());
    for index in 0..count {
        work(index);
    }
    let processor = processor_time().saturating_sub(processor);
    Work { count, elapsed: started.elapsed(), processor }
}

impl Work {
    fn report(&self, name: &str) {
        let rate = f64::from(self.count) / self.elapsed.as_secs_f64();
        let (each, processor) = (self.elapsed / self.count, self.processor / self.count);
        println!("{name}: {rate:.0}/s, {each:?} each, {processor:?} of it on the processor");
    }
}

/// Tells the store's own cost from the disk's and from a busy machine's; zero where the kernel
/// does not say.
fn processor_time() -> Duration {
    let schedstat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let running_ns = schedstat.split(' ').next().and_then(|it| it.parse().ok());
    Duration::from_nanos(running_ns.unwrap_or(0))
}
