//! Users, tasks and changes to test with. Every value is fixed or counted, none is random.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use task_domain::recurrence::{Basis, Recurrence, Rule};
use task_domain::text::{Description, Tag, Title};
use task_domain::{Priority, Task, TaskNumber, TaskRecord, UserId, Version};
use task_store::account::{Account, CreateOutcome};
use task_store::change_set::{EventDraft, TaskRef, TaskUpdate, TaskVersion, Topics};
use task_store::{ChangeSet, CommitOutcome, Store};
use uuid::Uuid;

/// 2027-01-15T08:00:00Z.
pub(crate) const NOW_MS: i64 = 1_800_000_000_000;

pub(crate) const BOTH_TOPICS: Topics = Topics(Topics::TASK_EVENTS.0 | Topics::TASK_UPDATES.0);

static MINTED: AtomicU64 = AtomicU64::new(1);

pub(crate) fn now() -> DateTime<Utc> {
    at(0)
}

/// So many milliseconds after the present.
pub(crate) fn at(ms: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(NOW_MS).unwrap() + TimeDelta::milliseconds(ms)
}

/// An id that no other call gives.
pub(crate) fn mint() -> Uuid {
    Uuid::from_u128(u128::from(MINTED.fetch_add(1, Ordering::Relaxed)) << 64)
}

pub(crate) fn account(name: &str) -> Account {
    Account {
        id: UserId(mint()),
        email: format!("{name}@example.org"),
        name: name.to_owned(),
        timezone: chrono_tz::Asia::Karachi,
        password_hash: Some("$argon2id$".to_owned()),
        token_epoch: 0,
        external_sub: None,
        quiet_hours: None,
        created_at: now(),
    }
}

/// Creates an account and gives its user.
pub(crate) async fn user<S: Store>(store: &S, name: &str) -> UserId {
    let account = account(name);
    assert_eq!(store.create_account(&account).await.unwrap(), CreateOutcome::Created);
    account.id
}

pub(crate) fn task(title: &str) -> Task {
    Task {
        title: Title::parse(title).unwrap(),
        description: Description::parse("").unwrap(),
        priority: Priority::Medium,
        tags: Vec::new(),
        due_at: None,
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

pub(crate) fn tags(words: &[&str]) -> Vec<Tag> {
    words.iter().map(|it| Tag::parse(it).unwrap()).collect()
}

/// A change that changes nothing yet.
pub(crate) fn change(user: UserId) -> ChangeSet {
    ChangeSet::new(mint(), user, now())
}

/// Inserts one task, with its event.
pub(crate) fn insertion(user: UserId, task: Task) -> ChangeSet {
    let events = vec![event(TaskRef::Insert(0))];
    ChangeSet { inserts: vec![task], events, ..change(user) }
}

/// Replaces a task, with its event.
pub(crate) fn replacement(
    user: UserId,
    number: TaskNumber,
    expected: u64,
    task: Task,
) -> ChangeSet {
    let update = TaskUpdate { number, expected: Version(expected), task };
    let events = vec![event(TaskRef::Number(number))];
    ChangeSet { updates: vec![update], events, ..change(user) }
}

/// Deletes a task, with its event.
pub(crate) fn deletion(user: UserId, number: TaskNumber, version: u64) -> ChangeSet {
    let deletes = vec![TaskVersion { number, version: Version(version) }];
    ChangeSet { deletes, events: vec![event(TaskRef::Number(number))], ..change(user) }
}

pub(crate) fn event(task: TaskRef) -> EventDraft {
    event_to(task, BOTH_TOPICS)
}

pub(crate) fn event_to(task: TaskRef, topics: Topics) -> EventDraft {
    let body = r#"{"type":"task.updated"}"#.to_owned();
    EventDraft { id: mint(), task, topics, body }
}

/// Commits what must succeed, and gives the numbers of its inserts.
pub(crate) async fn commit<S: Store>(store: &S, change_set: &ChangeSet) -> Vec<TaskNumber> {
    match store.commit(change_set).await.unwrap() {
        CommitOutcome::Committed(committed) => committed.numbers,
        outcome => panic!("not committed: {outcome:?}"),
    }
}

pub(crate) async fn insert<S: Store>(store: &S, user: UserId, task: Task) -> TaskNumber {
    commit(store, &insertion(user, task)).await[0]
}

pub(crate) async fn find<S: Store>(
    store: &S,
    user: UserId,
    number: TaskNumber,
) -> Option<TaskRecord> {
    store.task_view(user.into(), number, None).await.unwrap().unwrap().task
}

pub(crate) fn recurrence(rule: &str, basis: Basis) -> Recurrence {
    let anchor = now().naive_utc();
    Recurrence { rule: Rule::parse(rule).unwrap(), basis, anchor }
}
