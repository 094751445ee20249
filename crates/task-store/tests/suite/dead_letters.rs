//! Dead letters: what was delivered and given up on, and what was never published.

use task_store::Store;
use task_store::change_set::Topics;
use task_store::operations::{DeadLetter, DeadLetterKind};
use task_store::relay::Mark;

use super::Stores;
use super::fixture::*;
use super::outbox::{drain, published, refused};
use super::relay::LIMITS;

fn letter(event_id: &str) -> DeadLetter {
    DeadLetter {
        id: 0,
        kind: DeadLetterKind::Undeliverable,
        topic: "task-events".to_owned(),
        event_id: event_id.to_owned(),
        event_type: "task.created".to_owned(),
        reason: "no such route".to_owned(),
        body: "{\"id\":1}".to_owned(),
        received_at: at(0),
        replayed_at: None,
    }
}

pub(crate) async fn a_second_copy_of_a_letter_changes_nothing(stores: &impl Stores) {
    let store = stores.open();
    store.bury(&letter("e-1")).await.unwrap();
    let other_reason = DeadLetter { reason: "again".to_owned(), ..letter("e-1") };
    store.bury(&other_reason).await.unwrap();
    store.bury(&DeadLetter { topic: "reminders".to_owned(), ..letter("e-1") }).await.unwrap();
    let letters = store.dead_letters(None, 10).await.unwrap();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0], DeadLetter { id: letters[0].id, ..letter("e-1") });
    assert_eq!(letters[1].topic, "reminders");
}

pub(crate) async fn letters_page_in_the_order_of_arrival(stores: &impl Stores) {
    let store = stores.open();
    for event_id in ["e-1", "e-2", "e-3"] {
        store.bury(&letter(event_id)).await.unwrap();
    }
    let first = store.dead_letters(None, 2).await.unwrap();
    let second = store.dead_letters(Some(first[1].id), 2).await.unwrap();
    let ids: Vec<_> = first.iter().chain(&second).map(|it| it.event_id.as_str()).collect();
    assert_eq!(ids, ["e-1", "e-2", "e-3"]);
    assert_eq!(store.dead_letter(first[0].id).await.unwrap().as_ref(), Some(&first[0]));
}

pub(crate) async fn a_replayed_letter_that_fails_again_is_open_again(stores: &impl Stores) {
    let store = stores.open();
    store.bury(&letter("e-1")).await.unwrap();
    let first = store.dead_letters(None, 1).await.unwrap().remove(0);
    let id = first.id;
    assert!(store.mark_replayed(&first, at(5)).await.unwrap());
    assert_eq!(store.dead_letter(id).await.unwrap().unwrap().replayed_at, Some(at(5)));
    let again = DeadLetter { received_at: at(6), reason: "still".to_owned(), ..letter("e-1") };
    store.bury(&again).await.unwrap();
    assert_eq!(store.dead_letter(id).await.unwrap(), Some(DeadLetter { id, ..again }));
}

/// The consumer may refuse the replayed message before its publisher has noted the replay.
pub(crate) async fn a_letter_that_came_back_during_its_replay_stays_open(stores: &impl Stores) {
    let store = stores.open();
    store.bury(&letter("e-1")).await.unwrap();
    let seen = store.dead_letters(None, 1).await.unwrap().remove(0);
    store.bury(&DeadLetter { received_at: at(4), ..letter("e-1") }).await.unwrap();
    assert!(!store.mark_replayed(&seen, at(5)).await.unwrap());
    let back = store.dead_letter(seen.id).await.unwrap().unwrap();
    assert_eq!((back.received_at, back.replayed_at), (at(4), None));
    assert!(store.mark_replayed(&back, at(6)).await.unwrap());
    // Received before the replay was noted, and stored after it.
    store.bury(&DeadLetter { received_at: at(5), ..letter("e-1") }).await.unwrap();
    assert_eq!(store.dead_letter(seen.id).await.unwrap().unwrap().replayed_at, None);
}

pub(crate) async fn an_unknown_letter_cannot_be_replayed(stores: &impl Stores) {
    let store = stores.open();
    assert!(!store.mark_replayed(&DeadLetter { id: 1, ..letter("e-1") }, now()).await.unwrap());
    assert_eq!(store.dead_letter(1).await.unwrap(), None);
}

/// Lets the broker refuse the earliest event for good, for all but the given topics.
async fn park<S: Store>(store: &S, published: Topics, ms: i64) {
    let holder = mint();
    let batch = store.claim(holder, at(ms), LIMITS).await.unwrap().unwrap();
    let mark = Mark { published, ..refused(&batch[0], at(ms), true) };
    store.mark(holder, at(ms), &[mark], LIMITS).await.unwrap().unwrap();
    store.release(holder, None).await.unwrap();
}

pub(crate) async fn a_parked_event_is_a_letter_and_goes_back_to_the_outbox(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    let change_set = insertion(user, task("one"));
    commit(&store, &change_set).await;
    park(&store, Topics::TASK_UPDATES, 7).await;
    assert_eq!(drain(&store, at(8)).await, Vec::<Vec<_>>::new());

    let letters = store.dead_letters(None, 10).await.unwrap();
    let want = DeadLetter {
        id: letters[0].id,
        kind: DeadLetterKind::Parked,
        topic: "task-events".to_owned(),
        event_id: change_set.events[0].id.to_string(),
        event_type: "task.updated".to_owned(),
        reason: "too large".to_owned(),
        body: change_set.events[0].body.clone(),
        received_at: at(7),
        replayed_at: None,
    };
    assert_eq!(letters, std::slice::from_ref(&want));

    assert!(store.mark_replayed(&want, at(9)).await.unwrap());
    let batches = drain(&store, at(9)).await;
    let event = &batches[0][0];
    assert_eq!((event.id, event.pending), (change_set.events[0].id, Topics::TASK_EVENTS));
    assert_eq!((event.attempts, published(event).published), (0, Topics::TASK_EVENTS));
    let gauges = store.gauges(at(9)).await.unwrap();
    assert_eq!((gauges.parked, gauges.published_total), (0, 2));
    // A second replay of what is through puts nothing back.
    assert!(store.mark_replayed(&want, at(10)).await.unwrap());
    assert_eq!(drain(&store, at(10)).await, Vec::<Vec<_>>::new());
}

pub(crate) async fn an_event_parked_twice_is_one_letter(stores: &impl Stores) {
    let store = stores.open();
    let user = user(&store, "asad").await;
    insert(&store, user, task("one")).await;
    insert(&store, user, task("two")).await;
    park(&store, Topics::NONE, 1).await;
    let first = store.dead_letters(None, 1).await.unwrap().remove(0);
    let id = first.id;
    store.mark_replayed(&first, at(2)).await.unwrap();
    // Put back, it comes before its user's later event again.
    park(&store, Topics::TASK_EVENTS, 3).await;
    let letters = store.dead_letters(None, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!((letters[0].id, letters[0].replayed_at), (id, None));
    assert_eq!((letters[0].topic.as_str(), letters[0].received_at), ("task-updates", at(3)));
}
