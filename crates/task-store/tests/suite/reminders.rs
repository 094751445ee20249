//! Reminders: the rows that a task's plan leaves behind, and what the scheduler is told of them.

use chrono::TimeDelta;
use task_domain::{Reminder, Task, TaskNumber, UserId, Version};
use task_store::change_set::{TaskRef, Topics};
use task_store::reminder::ReminderState::{self, Cancelled, Fired, Pending, Skipped};
use task_store::reminder::{ReminderKey, ReminderRow};
use task_store::{ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::fixture::*;

const MINUTE_MS: i64 = 60_000;
/// Far enough that everything in these tests rings before it.
const FAR_MS: i64 = 1_000 * MINUTE_MS;

/// A task that rings at these minutes from now.
pub(crate) fn ringing(minutes: &[i64]) -> Task {
    let reminders = minutes.iter().map(|it| Reminder::At(at(it * MINUTE_MS))).collect();
    Task { reminders, ..task("ringing") }
}

/// A task due at this minute that rings so many minutes before.
fn due(minute: i64, before: &[i64]) -> Task {
    let reminders = before.iter().map(|it| Reminder::Before(TimeDelta::minutes(*it))).collect();
    Task { due_at: Some(at(minute * MINUTE_MS)), reminders, ..task("due") }
}

fn completed(task: Task) -> Task {
    Task { completed_at: Some(now()), ..task }
}

/// Minute, state, version and place of each row that is pending or cancelled.
type Rows = Vec<(i64, ReminderState, u64, u32)>;

async fn rows<S: Store>(store: &S, user: UserId, number: TaskNumber) -> Rows {
    let rows = store.reminders_of_task(user, number).await.unwrap();
    let minute = |it: &ReminderRow| (it.fire_at - now()).num_minutes();
    rows.iter().map(|it| (minute(it), it.state, it.key.version.0, it.key.n)).collect()
}

pub(crate) fn reminder_key(user: UserId, task: TaskNumber, version: u64, n: u32) -> ReminderKey {
    ReminderKey { user, task, n, version: Version(version) }
}

pub(crate) fn firing(key: ReminderKey) -> ChangeSet {
    let event = event_to(TaskRef::Number(key.task), Topics::REMINDERS);
    ChangeSet { fires: Some(key), events: vec![event], ..change(key.user) }
}

/// Tells the scheduler of everything there is to tell; gives what that was.
async fn tell<S: Store>(store: &S) -> Vec<ReminderRow> {
    let untold = store.untold_reminders(at(FAR_MS), now(), 100).await.unwrap();
    let (gone, here): (Vec<&ReminderRow>, Vec<&ReminderRow>) =
        untold.iter().partition(|it| it.state == Cancelled);
    let keys = |rows: Vec<&ReminderRow>| -> Vec<ReminderKey> {
        rows.into_iter().map(|it| it.key).collect()
    };
    store.reminders_told(now(), &keys(here), &keys(gone)).await.unwrap();
    untold
}

pub(crate) async fn a_plan_is_kept_in_the_order_of_its_instants(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    // The second and the third fall together.
    let task = Task {
        reminders: [due(60, &[15, 30, 30]).reminders, ringing(&[50, 45]).reminders].concat(),
        ..due(60, &[])
    };
    let number = insert(&store, user, task).await;
    let want = [(30, Pending, 1, 1), (45, Pending, 1, 2), (50, Pending, 1, 3)];
    assert_eq!(rows(&store, user, number).await, want);
    assert_eq!(rows(&store, user, TaskNumber(9)).await, []);
}

pub(crate) async fn a_plan_belongs_to_the_task_it_was_inserted_with(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let inserts = vec![task("silent"), ringing(&[1]), task("silent"), ringing(&[2, 3])];
    let numbers = commit(&store, &ChangeSet { inserts, ..change(user) }).await;
    let mut minutes = Vec::new();
    for number in numbers {
        let rows = rows(&store, user, number).await;
        minutes.push(rows.into_iter().map(|it| it.0).collect::<Vec<_>>());
    }
    assert_eq!(minutes, [vec![], vec![1], vec![], vec![2, 3]]);
}

pub(crate) async fn an_instant_that_has_passed_is_skipped(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, ringing(&[-5, 0, 5])).await;
    assert_eq!(rows(&store, user, number).await, [(0, Pending, 1, 2), (5, Pending, 1, 3)]);
    let skipped = store.reminder(reminder_key(user, number, 1, 1)).await.unwrap().unwrap();
    assert_eq!(skipped.row.state, Skipped);
    let overdue = store.overdue_reminders(at(MINUTE_MS), 10).await.unwrap();
    assert_eq!(overdue, [reminder_key(user, number, 1, 2)]);
}

pub(crate) async fn an_unrelated_edit_keeps_every_reminder(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, due(60, &[15, 30])).await;
    tell(&store).await;
    let before = store.reminders_of_task(user, number).await.unwrap();
    let edited = Task { title: task("another title").title, ..due(60, &[15, 30]) };
    commit(&store, &replacement(user, number, 1, edited)).await;
    assert_eq!(store.reminders_of_task(user, number).await.unwrap(), before);
    assert_eq!(tell(&store).await, []);
}

pub(crate) async fn a_moved_due_date_takes_its_reminders_along(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, due(60, &[15, 30])).await;
    commit(&store, &replacement(user, number, 1, due(75, &[15, 30]))).await;
    let want = [(30, Cancelled, 1, 1), (45, Pending, 1, 2), (60, Pending, 2, 2)];
    assert_eq!(rows(&store, user, number).await, want);
    tell(&store).await;
    let want = [(45, Pending, 1, 2), (60, Pending, 2, 2)];
    assert_eq!(rows(&store, user, number).await, want);
    commit(&store, &replacement(user, number, 2, due(90, &[15, 30]))).await;
    let want = [(45, Cancelled, 1, 2), (60, Pending, 2, 2), (75, Pending, 3, 2)];
    assert_eq!(rows(&store, user, number).await, want);
    // Back again: the cancelled one stays so, and its instant has a new name.
    commit(&store, &replacement(user, number, 3, due(75, &[15, 30]))).await;
    let want =
        [(45, Cancelled, 1, 2), (45, Pending, 4, 1), (60, Pending, 2, 2), (75, Cancelled, 3, 2)];
    assert_eq!(rows(&store, user, number).await, want);
    tell(&store).await;
    let want = [(45, Pending, 4, 1), (60, Pending, 2, 2)];
    assert_eq!(rows(&store, user, number).await, want);
}

pub(crate) async fn what_is_completed_or_deleted_rings_no_more(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    for told in [false, true] {
        let done = insert(&store, user, ringing(&[5])).await;
        let doomed = insert(&store, user, ringing(&[6])).await;
        if told {
            tell(&store).await;
        }
        commit(&store, &replacement(user, done, 1, completed(ringing(&[5])))).await;
        commit(&store, &deletion(user, doomed, 1)).await;
        let left = [rows(&store, user, done).await, rows(&store, user, doomed).await].concat();
        // Told or not: the scheduler may be hearing of it at this moment.
        assert_eq!(left, [(5, Cancelled, 1, 1), (6, Cancelled, 1, 1)]);
        assert_eq!(store.overdue_reminders(at(FAR_MS), 10).await.unwrap(), []);
        assert_eq!(store.reminder(reminder_key(user, doomed, 1, 1)).await.unwrap(), None);
        commit(&store, &replacement(user, done, 2, ringing(&[5]))).await;
        tell(&store).await;
        assert_eq!(rows(&store, user, done).await, [(5, Pending, 3, 1)]);
        assert_eq!(rows(&store, user, doomed).await, []);
        commit(&store, &deletion(user, done, 3)).await;
        tell(&store).await;
    }
}

pub(crate) async fn a_reminder_fires_once(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, ringing(&[5, 6])).await;
    let (first, second) = (reminder_key(user, number, 1, 1), reminder_key(user, number, 1, 2));
    tell(&store).await;
    commit(&store, &firing(first)).await;
    assert_eq!(store.commit(&firing(first)).await.unwrap(), CommitOutcome::Conflict);
    for stale in [
        reminder_key(user, number, 2, 2),
        reminder_key(user, number, 1, 3),
        reminder_key(user, TaskNumber(9), 1, 1),
    ] {
        assert_eq!(store.commit(&firing(stale)).await.unwrap(), CommitOutcome::Conflict);
    }
    let fired = store.reminder(first).await.unwrap().unwrap();
    assert_eq!((fired.row.state, fired.row.armed_at), (Fired, None));
    assert_eq!((fired.task.number, fired.task.task), (number, ringing(&[5, 6])));
    assert_eq!(store.overdue_reminders(at(FAR_MS), 10).await.unwrap(), [second]);
    assert_eq!(store.gauges(now()).await.unwrap().outbox_pending, 2);
}

pub(crate) async fn a_fired_reminder_does_not_ring_again_after_an_edit(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, ringing(&[5, 6])).await;
    tell(&store).await;
    commit(
        &store,
        &ChangeSet { at: at(5 * MINUTE_MS), ..firing(reminder_key(user, number, 1, 1)) },
    )
    .await;
    let edited = Task { title: task("edited").title, ..ringing(&[5, 6, 7]) };
    commit(&store, &replacement(user, number, 1, edited)).await;
    assert_eq!(rows(&store, user, number).await, [(6, Pending, 1, 2), (7, Pending, 2, 3)]);
    // Taken out of the plan and put back when its time is over, it has passed.
    commit(&store, &replacement(user, number, 2, ringing(&[6]))).await;
    let late =
        ChangeSet { at: at(5 * MINUTE_MS + 1), ..replacement(user, number, 3, ringing(&[5, 6])) };
    commit(&store, &late).await;
    assert_eq!(rows(&store, user, number).await, [(6, Pending, 1, 2), (7, Cancelled, 2, 3)]);
}

pub(crate) async fn overdue_reminders_come_earliest_first(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    let one = insert(&store, asad, ringing(&[3, 1])).await;
    let two = insert(&store, bina, ringing(&[2, 9])).await;
    let before = at(9 * MINUTE_MS);
    let want = [
        reminder_key(asad, one, 1, 1),
        reminder_key(bina, two, 1, 1),
        reminder_key(asad, one, 1, 2),
    ];
    assert_eq!(store.overdue_reminders(before, 10).await.unwrap(), want);
    assert_eq!(store.overdue_reminders(before, 2).await.unwrap(), want[..2]);
    assert_eq!(store.overdue_reminders(at(MINUTE_MS), 10).await.unwrap(), []);
}

pub(crate) async fn the_scheduler_hears_of_what_is_new_gone_or_near(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let near = insert(&store, user, ringing(&[5])).await;
    let far = insert(&store, user, ringing(&[500])).await;
    let gone = insert(&store, user, ringing(&[700])).await;
    let untold = async |armed_before_ms, limit| -> Vec<ReminderKey> {
        let near = at(10 * MINUTE_MS);
        let rows = store.untold_reminders(near, at(armed_before_ms), limit).await.unwrap();
        rows.iter().map(|it| it.key).collect()
    };
    let [near, far, gone] = [near, far, gone].map(|it| reminder_key(user, it, 1, 1));
    assert_eq!(untold(0, 10).await, [near, far, gone]);
    assert_eq!(untold(0, 2).await, [near, far]);
    assert_eq!(store.reminders_told(at(1_000), &[near, far, gone], &[]).await.unwrap(), []);
    assert_eq!(untold(1_000, 10).await, []);
    assert_eq!(untold(1_001, 10).await, [near]);
    commit(&store, &deletion(user, gone.task, 1)).await;
    assert_eq!(untold(1_001, 10).await, [near, gone]);
    // Arming what is gone and disarming what is there changes nothing.
    assert_eq!(store.reminders_told(at(2_000), &[gone], &[near]).await.unwrap(), [gone]);
    assert_eq!(untold(1_001, 10).await, [near, gone]);
    assert_eq!(store.reminders_told(at(2_000), &[near], &[gone]).await.unwrap(), []);
    assert_eq!(untold(2_000, 10).await, []);
    assert_eq!(store.reminders_told(at(2_000), &[near, gone], &[]).await.unwrap(), [gone]);
    let row = store.reminder(near).await.unwrap().unwrap().row;
    assert_eq!(row.armed_at, Some(at(2_000)));
}

pub(crate) async fn nobody_rings_for_an_ended_account(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let told = insert(&store, user, ringing(&[5])).await;
    tell(&store).await;
    let untold = insert(&store, user, ringing(&[6])).await;
    commit(&store, &ChangeSet { tombstone: true, ..change(user) }).await;
    assert_eq!(store.overdue_reminders(at(FAR_MS), 10).await.unwrap(), []);
    for number in [told, untold] {
        let key = reminder_key(user, number, 1, 1);
        assert_eq!(store.reminder(key).await.unwrap(), None);
        assert_eq!(store.commit(&firing(key)).await.unwrap(), CommitOutcome::Gone);
    }
    assert_eq!(rows(&store, user, told).await, [(5, Cancelled, 1, 1)]);
    assert_eq!(rows(&store, user, untold).await, [(6, Cancelled, 1, 1)]);
    assert_eq!(tell(&store).await.len(), 2);
    assert_eq!(tell(&store).await, []);
}
