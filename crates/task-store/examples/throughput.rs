//! Measures the store on SQLite without any host: commits, reads, and draining the outbox.
//!
//! `cargo run --profile native -p task-store --example throughput [folder]`; the folder names the
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
use task_store::query::{Filter, Sort, TaskQuery};
use task_store::relay::{LeaseState, Mark, OutboxEvent};
use task_store::store::BatchLimits;
use task_store::{ChangeSet, SqliteStore, Store};
use test_support::sqlite::SqliteDb;
use uuid::Uuid;

const COMMITS: u32 = 5_000;
const READS: u32 = 2_000;
const LIMITS: BatchLimits = BatchLimits { events: 100, bytes: 1_000_000, lease_ms: 10_000 };
/// What a created task's event has, to the order of magnitude.
const BODY_BYTES: usize = 1_200;

type Native = SqliteStore<SqliteDb>;

fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = tempfile::tempdir_in(folder).unwrap();
    let open = |name: &str, synchronous: &str| {
        let db = SqliteDb::open(&folder.path().join(name)).unwrap();
        let set = format!("PRAGMA synchronous = {synchronous}");
        db.with(|it| it.execute_batch(&set)).unwrap();
        SqliteStore::new(db)
    };
    for synchronous in ["FULL", "NORMAL"] {
        measure_commits(&open(&format!("commits-{synchronous}.db"), synchronous), synchronous);
    }
    measure_reads(&open("commits-FULL.db", "FULL"));
    measure_drain(&open("many.db", "FULL"), 100, 10_000);
    measure_drain(&open("single.db", "FULL"), 1, 1_000_000);
    measure_drain(&open("each-own.db", "FULL"), 100_000, 10);
}

fn measure_commits(store: &Native, synchronous: &str) {
    let user = account(store, 0);
    let elapsed = timed(|| {
        for index in 0..COMMITS {
            block_on(store.commit(&insertion(user, index, 1))).unwrap();
        }
    });
    report(&format!("commit of a task and its event, synchronous={synchronous}"), COMMITS, elapsed);
}

fn measure_reads(store: &Native) {
    let user = UserId(Uuid::from_u128(1));
    let elapsed = timed(|| {
        for index in 0..READS {
            let number = TaskNumber(1 + index % COMMITS);
            block_on(store.task_view(user, number, None)).unwrap().unwrap();
        }
    });
    report("view of one task of 5 000", READS, elapsed);
    let query = TaskQuery {
        filter: Filter::Pending,
        priority: None,
        tag: None,
        search: None,
        due_before: None,
        due_after: None,
        sort: Sort::Created,
        descending: true,
        limit: 20,
        cursor: None,
    };
    let elapsed = timed(|| {
        for _ in 0..READS {
            block_on(store.list(user, &query)).unwrap().unwrap();
        }
    });
    report("page of 20 pending tasks of 5 000", READS, elapsed);
}

/// Fills the outbox, then claims and marks for some seconds or until it is empty.
fn measure_drain(store: &Native, users: u32, events_each: u32) {
    const SPAN: Duration = Duration::from_secs(10);
    const EVENTS_PER_COMMIT: u32 = 1_000;
    let per_commit = events_each.min(EVENTS_PER_COMMIT);
    let users: Vec<UserId> = (0..users).map(|index| account(store, index)).collect();
    for round in 0..events_each / per_commit {
        for user in &users {
            block_on(store.commit(&insertion(*user, round, per_commit))).unwrap();
        }
    }
    let name = format!("{} users x {events_each} events", users.len());
    let elapsed = timed(|| assert!(block_on(store.gauges(now())).unwrap().outbox_pending > 0));
    println!("{name}: gauges in {elapsed:?}");
    let elapsed =
        timed(|| assert_eq!(block_on(store.lease_state(now())).unwrap(), LeaseState::Free));
    println!("{name}: lease state in {elapsed:?}");

    let holder = Uuid::from_u128(7);
    let (mut marked, mut batches, mut longest) = (0, 0, Duration::ZERO);
    let started = Instant::now();
    let mut batch = block_on(store.claim(holder, now(), LIMITS)).unwrap().unwrap();
    while !batch.is_empty() && started.elapsed() < SPAN {
        let marks: Vec<Mark> = batch.iter().map(published).collect();
        marked += u32::try_from(marks.len()).unwrap();
        let one = Instant::now();
        batch = block_on(store.mark(holder, now(), &marks, LIMITS)).unwrap().unwrap();
        longest = longest.max(one.elapsed());
        batches += 1;
    }
    report(&format!("{name}: mark and next batch"), batches, started.elapsed());
    report(&format!("{name}: events marked"), marked, started.elapsed());
    println!("{name}: longest batch {longest:?}");
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
        change_id: mint(u32::MAX),
        user,
        at: now(),
        inserts: vec![task(index)],
        updates: Vec::new(),
        deletes: Vec::new(),
        expect: Vec::new(),
        successions: Vec::new(),
        events: (0..events).map(draft).collect(),
        inbox: None,
        idempotency: None,
        rate: Some(RateCharge { cost: 1, capacity: 1_000_000, refill_per_second: 1_000 }),
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

fn timed(work: impl FnOnce()) -> Duration {
    let started = Instant::now();
    work();
    started.elapsed()
}

fn report(name: &str, count: u32, elapsed: Duration) {
    let each = elapsed / count.max(1);
    println!("{name}: {:.0}/s, {each:?} each", f64::from(count) / elapsed.as_secs_f64());
}
