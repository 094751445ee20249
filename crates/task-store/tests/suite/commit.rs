//! The unit of work: what a commit does, and every way in which it is refused.

use chrono::TimeDelta;
use task_domain::recurrence::Basis;
use task_domain::text::{Description, Title};
use task_domain::{
    Ordinal, Priority, Reminder, SeriesId, SeriesPosition, Subtask, Task, TaskNumber, Version,
};
use task_store::change_set::{
    IdempotencyKey, IdempotencyRecord, InboxKey, RateCharge, SuccessionChange, TaskRef, TaskVersion,
};
use task_store::query::Changes;
use task_store::{ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::fixture::*;

pub(crate) async fn numbers_count_from_one_for_each_user(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    assert_eq!(insert(&store, asad, task("one")).await, TaskNumber(1));
    assert_eq!(insert(&store, asad, task("two")).await, TaskNumber(2));
    assert_eq!(insert(&store, bina, task("one")).await, TaskNumber(1));
}

pub(crate) async fn numbers_are_never_given_twice(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let first = insert(&store, user, task("one")).await;
    commit(&store, &deletion(user, first, 1)).await;
    assert_eq!(insert(&store, user, task("two")).await, TaskNumber(2));
}

/// A task with something in every field.
fn full_task() -> Task {
    Task {
        title: Title::parse("Pay “rent” — کرایہ ادا کریں").unwrap(),
        description: Description::parse("line one\nline \\ two \u{1F600}").unwrap(),
        priority: Priority::Urgent,
        tags: tags(&["Home", "عربی", "a\"b"]),
        due_at: Some(at(86_400_001)),
        timezone: chrono_tz::Australia::Lord_Howe,
        recurrence: Some(recurrence("FREQ=MONTHLY;BYMONTHDAY=-1", Basis::Completion)),
        reminders: vec![Reminder::Before(TimeDelta::minutes(15)), Reminder::At(at(5))],
        subtasks: vec![
            Subtask { title: Title::parse("transfer").unwrap(), completed: true },
            Subtask { title: Title::parse("receipt").unwrap(), completed: false },
        ],
        series: Some(SeriesPosition { id: SeriesId(mint()), occurrence: Ordinal(7) }),
        completed_at: Some(at(3)),
        created_at: at(1),
        updated_at: at(2),
    }
}

pub(crate) async fn a_task_reads_back_as_it_was_committed(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let task = full_task();
    let number = insert(&store, user, task.clone()).await;
    let record = find(&store, user, number).await.unwrap();
    assert_eq!((record.number, record.version), (number, Version::FIRST));
    assert_eq!(record.task, task);
}

pub(crate) async fn a_plain_task_reads_back_as_it_was_committed(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("plain")).await;
    assert_eq!(find(&store, user, number).await.unwrap().task, task("plain"));
    commit(&store, &replacement(user, number, 1, full_task())).await;
    commit(&store, &replacement(user, number, 2, task("plain again"))).await;
    assert_eq!(find(&store, user, number).await.unwrap().task, task("plain again"));
}

pub(crate) async fn an_update_raises_the_version(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("before")).await;
    let other = insert(&store, user, task("another")).await;
    commit(&store, &replacement(user, number, 1, task("after"))).await;
    let record = find(&store, user, number).await.unwrap();
    assert_eq!((record.version, record.task), (Version(2), task("after")));
    let record = find(&store, user, other).await.unwrap();
    assert_eq!((record.version, record.task), (Version(1), task("another")));
}

pub(crate) async fn an_update_of_another_version_conflicts(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("before")).await;
    for expected in [0, 2] {
        let change_set = replacement(user, number, expected, task("after"));
        assert_eq!(store.commit(&change_set).await.unwrap(), CommitOutcome::Conflict);
    }
    assert_eq!(find(&store, user, number).await.unwrap().task, task("before"));
}

pub(crate) async fn a_deleted_task_is_gone(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("short-lived")).await;
    commit(&store, &deletion(user, number, 1)).await;
    assert_eq!(find(&store, user, number).await, None);
}

pub(crate) async fn deleting_another_version_conflicts(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("kept")).await;
    let outcome = store.commit(&deletion(user, number, 2)).await.unwrap();
    assert_eq!(outcome, CommitOutcome::Conflict);
    assert!(find(&store, user, number).await.is_some());
}

pub(crate) async fn a_changed_row_that_was_only_read_conflicts(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let read = insert(&store, user, task("read")).await;
    let expecting = |version| ChangeSet {
        expect: vec![TaskVersion { number: read, version: Version(version) }],
        ..insertion(user, task("decided from it"))
    };
    commit(&store, &expecting(1)).await;
    commit(&store, &replacement(user, read, 1, task("changed"))).await;
    assert_eq!(store.commit(&expecting(1)).await.unwrap(), CommitOutcome::Conflict);
}

pub(crate) async fn a_missing_row_conflicts(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let missing = TaskNumber(9);
    let expect = vec![TaskVersion { number: missing, version: Version(1) }];
    for change_set in [
        replacement(user, missing, 1, task("ghost")),
        deletion(user, missing, 1),
        ChangeSet { expect, ..change(user) },
    ] {
        assert_eq!(store.commit(&change_set).await.unwrap(), CommitOutcome::Conflict);
    }
}

pub(crate) async fn a_commit_for_nobody_is_gone(stores: &impl Stores) {
    let store = stores.open();
    let nobody = account("nobody").id;
    let outcome = store.commit(&insertion(nobody, task("lost"))).await.unwrap();
    assert_eq!(outcome, CommitOutcome::Gone);
    let user = user(&store, "asad").await;
    stores.tombstone(user);
    let outcome = store.commit(&insertion(user, task("late"))).await.unwrap();
    assert_eq!(outcome, CommitOutcome::Gone);
}

fn inbox(consumer: &'static str, event_id: &str) -> Option<InboxKey> {
    Some(InboxKey { consumer, event_id: event_id.to_owned() })
}

pub(crate) async fn a_message_is_consumed_once(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let consuming =
        || ChangeSet { inbox: inbox("recurrence", "e-1"), ..insertion(user, task("effect")) };
    commit(&store, &consuming()).await;
    assert_eq!(store.commit(&consuming()).await.unwrap(), CommitOutcome::AlreadyConsumed);
    assert_eq!(store.gauges(now()).await.unwrap().tasks, 1);
}

pub(crate) async fn each_consumer_has_its_own_inbox(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for (consumer, event_id) in [("recurrence", "e-1"), ("reminder", "e-1"), ("recurrence", "e-2")]
    {
        commit(&store, &ChangeSet { inbox: inbox(consumer, event_id), ..change(user) }).await;
    }
}

pub(crate) async fn repeating_a_change_gives_its_first_outcome(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let read = insert(&store, user, task("read")).await;
    let change_set = ChangeSet {
        expect: vec![TaskVersion { number: read, version: Version(1) }],
        inbox: inbox("recurrence", "e-1"),
        rate: Some(RateCharge { cost: 1, capacity: 1, refill_per_second: 1 }),
        ..insertion(user, task("once"))
    };
    let first = store.commit(&change_set).await.unwrap();
    commit(&store, &replacement(user, read, 1, task("changed since"))).await;
    insert(&store, user, task("inserted since")).await;
    let before = stores.dump();
    assert_eq!(store.commit(&change_set).await.unwrap(), first);
    assert_eq!(stores.dump(), before);
}

pub(crate) async fn a_change_that_was_refused_can_be_tried_again(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("before")).await;
    let change_set = replacement(user, number, 2, task("after"));
    assert_eq!(store.commit(&change_set).await.unwrap(), CommitOutcome::Conflict);
    commit(&store, &replacement(user, number, 1, task("between"))).await;
    commit(&store, &change_set).await;
}

/// One change that is refused for every reason at once, from the `first` reason on.
fn refused_from(first: usize, change_set: ChangeSet) -> ChangeSet {
    let key = IdempotencyKey { scope: "POST /t k".to_owned(), body_hash: "h".to_owned() };
    let mut refused = change_set;
    if first > 0 {
        refused.inbox = inbox("recurrence", "fresh");
    }
    if first <= 1 {
        refused.idempotency = Some(IdempotencyRecord { key, status: 201, body: None });
    }
    if first <= 2 {
        refused.rate = Some(RateCharge { cost: 2, capacity: 2, refill_per_second: 1 });
    }
    refused
}

pub(crate) async fn refusals_are_checked_in_their_order(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let conflicting = || ChangeSet {
        inbox: inbox("recurrence", "e-1"),
        ..replacement(user, TaskNumber(9), 1, task("ghost"))
    };
    let accepted = ChangeSet { inbox: inbox("recurrence", "e-1"), ..change(user) };
    commit(&store, &refused_from(0, accepted)).await;
    let mut words = Vec::new();
    for first in 0..4 {
        let outcome = store.commit(&refused_from(first, conflicting())).await.unwrap();
        words.push(format!("{outcome:?}").split([' ', '(']).next().unwrap().to_owned());
    }
    assert_eq!(words, ["AlreadyConsumed", "AlreadyAnswered", "RateLimited", "Conflict"]);
}

pub(crate) async fn a_refused_change_leaves_nothing(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("before")).await;
    let accepted = ChangeSet { inbox: inbox("recurrence", "e-1"), ..change(user) };
    commit(&store, &refused_from(0, accepted)).await;
    let series = SeriesId(mint());
    let before = stores.dump();
    for first in 0..4 {
        let change_set = ChangeSet {
            inserts: vec![task("never")],
            deletes: vec![TaskVersion { number: TaskNumber(9), version: Version(1) }],
            successions: vec![SuccessionChange::Claim { series, ordinal: Ordinal(1), insert: 0 }],
            inbox: inbox("recurrence", "e-1"),
            ..replacement(user, number, 1, task("never"))
        };
        let outcome = store.commit(&refused_from(first, change_set)).await.unwrap();
        assert!(!matches!(outcome, CommitOutcome::Committed(_)), "{outcome:?}");
        assert_eq!(stores.dump(), before, "{outcome:?}");
    }
}

pub(crate) async fn a_change_may_hold_many_rows_and_events(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let kept = insert(&store, user, task("kept")).await;
    let doomed = insert(&store, user, task("doomed")).await;
    let mut change_set = replacement(user, kept, 1, task("changed"));
    change_set.inserts = (0..300).map(|it| task(&format!("import {it}"))).collect();
    change_set.deletes.push(TaskVersion { number: doomed, version: Version(1) });
    change_set.events.push(event(TaskRef::Number(doomed)));
    change_set.events.extend((0..300).map(|it| event(TaskRef::Insert(it))));
    let numbers = commit(&store, &change_set).await;
    assert_eq!(numbers, (3..303).map(TaskNumber).collect::<Vec<_>>());

    let Changes::Page { events, seq } = store.changes(user.into(), 2, 1000).await.unwrap().unwrap()
    else {
        panic!("the feed was reset");
    };
    assert_eq!(seq, 304);
    let got: Vec<_> = events.iter().map(|it| (it.seq, it.number, it.id)).collect();
    let number_of = |it: &TaskRef| match it {
        TaskRef::Number(number) => *number,
        TaskRef::Insert(index) => numbers[*index],
        TaskRef::None => TaskNumber(0),
    };
    let drafts = change_set.events.iter().zip(3..);
    let want: Vec<_> = drafts.map(|(it, seq)| (seq, number_of(&it.task), it.id)).collect();
    assert_eq!(got, want);
    assert_eq!(store.gauges(now()).await.unwrap().tasks, 301);
}

pub(crate) async fn a_change_without_rows_commits(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    assert_eq!(commit(&store, &change(user)).await, []);
    assert_eq!(insert(&store, user, task("first")).await, TaskNumber(1));
}
