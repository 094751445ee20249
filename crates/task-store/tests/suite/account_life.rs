//! What an account goes through: profile, password, and its end.

use chrono::NaiveTime;
use task_domain::{QuietHours, TaskNumber, UserId};
use task_store::account::{Account, CreateOutcome, ProfileChange, ProfileOutcome};
use task_store::change_set::{
    EventDraft, IdempotencyKey, IdempotencyRecord, InboxKey, TaskRef, Topics,
};
use task_store::query::{Filter, TaskQuery};
use task_store::{Caller, ChangeSet, CommitOutcome, Store};

use super::Stores;
use super::fixture::*;
use super::outbox::drain;

fn night() -> QuietHours {
    let time = |hour, second| NaiveTime::from_hms_opt(hour, 30, second).unwrap();
    QuietHours::new(time(22, 0), time(6, 15)).unwrap()
}

fn external(name: &str, sub: &str) -> Account {
    Account { external_sub: Some(sub.to_owned()), password_hash: None, ..account(name) }
}

fn at_epoch(user: UserId, epoch: u32) -> Caller {
    Caller { user, token_epoch: Some(epoch) }
}

pub(crate) async fn an_external_subject_has_one_account(stores: &impl Stores) {
    let store = stores.open();
    let first = Account { quiet_hours: Some(night()), ..external("asad", "idp|1") };
    for _ in 0..2 {
        assert_eq!(store.create_account(&first).await.unwrap(), CreateOutcome::Created);
    }
    for (account, want) in [
        (external("bina", "idp|1"), CreateOutcome::SubjectTaken),
        (external("asad", "idp|1"), CreateOutcome::SubjectTaken),
        (external("asad", "idp|2"), CreateOutcome::EmailTaken),
        (account("asad"), CreateOutcome::EmailTaken),
        (external("bina", "idp|2"), CreateOutcome::Created),
    ] {
        assert_eq!(store.create_account(&account).await.unwrap(), want);
    }
    let found = store.account_by_external_sub("idp|1").await.unwrap();
    assert_eq!(found, Some(first));
    assert_eq!(store.account_by_external_sub("idp|3").await.unwrap(), None);
}

pub(crate) async fn a_profile_changes_by_what_is_given(stores: &impl Stores) {
    let store = stores.open();
    let before = account("asad");
    store.create_account(&before).await.unwrap();
    let mut want = before.clone();
    let none = ProfileChange::default;
    for change in [
        none(),
        ProfileChange { name: Some("اسد".to_owned()), ..none() },
        ProfileChange { timezone: Some(chrono_tz::Europe::Paris), ..none() },
        ProfileChange { quiet_hours: Some(Some(night())), ..none() },
        ProfileChange { email: Some("new@example.org".to_owned()), ..none() },
        ProfileChange { email: Some("new@example.org".to_owned()), ..none() },
        ProfileChange { quiet_hours: Some(None), ..none() },
    ] {
        want.name = change.name.clone().unwrap_or(want.name);
        want.timezone = change.timezone.unwrap_or(want.timezone);
        want.email = change.email.clone().unwrap_or(want.email);
        want.quiet_hours = change.quiet_hours.unwrap_or(want.quiet_hours);
        let outcome = store.change_profile(before.id.into(), &change).await.unwrap();
        assert_eq!(outcome, ProfileOutcome::Changed(want.clone()));
        assert_eq!(store.account(before.id.into()).await.unwrap(), Some(want.clone()));
    }
}

pub(crate) async fn nobody_takes_the_address_of_another(stores: &impl Stores) {
    let store = stores.open();
    let (asad, bina) = (user(&store, "asad").await, user(&store, "bina").await);
    let change = ProfileChange {
        name: Some("never".to_owned()),
        email: Some("asad@example.org".to_owned()),
        ..ProfileChange::default()
    };
    let outcome = store.change_profile(bina.into(), &change).await.unwrap();
    assert_eq!(outcome, ProfileOutcome::EmailTaken);
    assert_eq!(store.account(bina.into()).await.unwrap().unwrap().name, "bina");
    let outcome = store.change_profile(at_epoch(bina, 3), &change).await.unwrap();
    assert_eq!(outcome, ProfileOutcome::Gone);
    stores.tombstone(asad);
    let outcome = store.change_profile(bina.into(), &change).await.unwrap();
    assert!(matches!(outcome, ProfileOutcome::Changed(_)), "{outcome:?}");
    let outcome = store.change_profile(asad.into(), &change).await.unwrap();
    assert_eq!(outcome, ProfileOutcome::Gone);
}

pub(crate) async fn a_new_password_ends_every_earlier_token(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let number = insert(&store, user, task("one")).await;
    let (earlier, later) = (at_epoch(user, 0), at_epoch(user, 1));
    assert!(store.account(earlier).await.unwrap().is_some());
    assert_eq!(store.set_password(earlier, "$new$").await.unwrap(), Some(1));
    assert_eq!(store.set_password(earlier, "$never$").await.unwrap(), None);
    let account = store.account(later).await.unwrap().unwrap();
    assert_eq!((account.token_epoch, account.password_hash.as_deref()), (1, Some("$new$")));
    let committing = |caller: Caller| ChangeSet {
        token_epoch: caller.token_epoch,
        ..replacement(user, number, 1, task("changed"))
    };
    assert_eq!(store.commit(&committing(earlier)).await.unwrap(), CommitOutcome::Gone);
    assert_eq!(readable(&store, earlier).await, [false; 7]);
    assert_eq!(readable(&store, later).await, [true; 7]);
    commit(&store, &committing(later)).await;
}

/// Which of the reads of a caller's data give anything.
async fn readable<S: Store>(store: &S, caller: Caller) -> [bool; 7] {
    let number = TaskNumber(1);
    let query = TaskQuery::all(Filter::All, 10);
    [
        store.account(caller).await.unwrap().is_some(),
        store.task_view(caller, number, None).await.unwrap().is_some(),
        store.list(caller, &query).await.unwrap().is_some(),
        store.stats(caller, now(), (at(0), at(1))).await.unwrap().is_some(),
        store.series(caller, number, 10).await.unwrap().is_some(),
        store.changes(caller, 0, 10).await.unwrap().is_some(),
        store.channels(caller).await.unwrap().is_some(),
    ]
}

pub(crate) async fn an_answer_is_for_the_token_that_may_read_it(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let key = IdempotencyKey { scope: "POST /t k".to_owned(), body_hash: "h".to_owned() };
    let record = IdempotencyRecord { key: key.clone(), status: 201, body: None };
    commit(&store, &ChangeSet { idempotency: Some(record), ..change(user) }).await;
    assert!(store.answer(at_epoch(user, 0), &key).await.unwrap().is_some());
    assert!(store.answer(at_epoch(user, 1), &key).await.unwrap().is_none());
}

/// The end of an account, with the event that tells of it.
fn ending(user: UserId) -> ChangeSet {
    let event = EventDraft {
        id: mint(),
        task: TaskRef::None,
        topics: Topics::TASK_EVENTS,
        body: r#"{"type":"user.deleted"}"#.to_owned(),
    };
    ChangeSet { tombstone: true, events: vec![event], at: at(7), ..change(user) }
}

pub(crate) async fn an_ended_account_is_gone_for_everybody(stores: &impl Stores) {
    let store = stores.open();
    let account = external("asad", "idp|1");
    store.create_account(&account).await.unwrap();
    let user = account.id;
    insert(&store, user, task("one")).await;
    let ending = ending(user);
    for _ in 0..2 {
        commit(&store, &ending).await;
    }
    assert_eq!(readable(&store, user.into()).await, [false; 7]);
    assert_eq!(store.account_by_email(&account.email).await.unwrap(), None);
    assert_eq!(store.account_by_external_sub("idp|1").await.unwrap(), None);
    assert_eq!(store.set_password(user.into(), "$late$").await.unwrap(), None);
    let late = ChangeSet {
        inbox: Some(InboxKey { consumer: "recurrence", event_id: "e-1".to_owned() }),
        ..insertion(user, task("late"))
    };
    assert_eq!(store.commit(&late).await.unwrap(), CommitOutcome::Gone);
    let dump = stores.dump();
    for personal in ["asad", "$argon2id$", "idp|1"] {
        assert!(!dump.contains(personal), "{personal}");
    }
    // Address and subject are free again.
    let again = external("asad", "idp|1");
    assert_eq!(store.create_account(&again).await.unwrap(), CreateOutcome::Created);
}

pub(crate) async fn the_end_of_an_account_is_told_last(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    let ending = ending(user);
    commit(&store, &ending).await;
    let events = drain(&store, at(8)).await.concat();
    let got: Vec<_> = events.iter().map(|it| (it.seq, it.number.0)).collect();
    assert_eq!(got, [(1, 1), (0, 0)]);
    assert_eq!(events[1].id, ending.events[0].id);
}
