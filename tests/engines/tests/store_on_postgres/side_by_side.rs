//! Writers, relays, operators, notifiers and sweeps on one database at the same time: nobody is
//! lost, nobody waits in a circle, and what is derived from rows is what the rows say.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use futures::executor::block_on;
use task_domain::UserId;
use task_store::change_set::{IdempotencyKey, IdempotencyRecord, InboxKey, Topics};
use task_store::channel::Channel;
use task_store::delivery::{AfterAttempt, Attempt, ChannelVerdict, DeliveryLease};
use task_store::operations::Retention;
use task_store::relay::Mark;
use task_store::store::BatchLimits;
use task_store::{ChangeSet, Store};

use crate::stores::PostgresStores;
use crate::suite::Stores;
use crate::suite::channels::reached_by;
use crate::suite::deliveries::{deliver, draft, lease_at, webhook};
use crate::suite::fixture::*;
use crate::suite::outbox::{drain, published, refused};
use crate::suite::relay::LIMITS;

const RUNS: BatchLimits = BatchLimits { events: 7, per_user: 3, ..LIMITS };

const OUTBOX_HEADS: &str = "SELECT user_id, position, retry_at, waiting
    FROM taskmaster.outbox_heads ORDER BY 1";
const OUTBOX_HEADS_FROM_EVENTS: &str = "
    SELECT DISTINCT ON (user_id)
      user_id, position, retry_at, count(*) OVER (PARTITION BY user_id)
    FROM taskmaster.events WHERE pending <> 0 ORDER BY user_id, position";

/// Channels whose head is missing, needless or promises too little.
const WRONG_DELIVERY_HEADS: &str = "
    SELECT count(*)
    FROM taskmaster.delivery_heads AS head
    FULL JOIN (
      SELECT channel, min(due_at) AS due_at FROM taskmaster.deliveries
      WHERE state = 'pending' GROUP BY channel
    ) AS earliest USING (channel)
    WHERE head.due_at IS NULL OR earliest.due_at IS NULL OR head.due_at > earliest.due_at";

/// A deadlock is undone and run again, so no outcome shows it.
fn assert_no_circle(stores: &PostgresStores) {
    let deadlocks = "SELECT pg_stat_force_next_flush();
        SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let told = stores.database().run(deadlocks);
    assert_eq!(told.lines().last(), Some("0"), "deadlocks");
}

fn users(stores: &PostgresStores, names: &[&str]) -> Vec<UserId> {
    let store = stores.open();
    names.iter().map(|name| block_on(user(&store, name))).collect()
}

/// Rounds of a relay in which every kind of result occurs in turn.
fn relay(stores: &PostgresStores, rounds: i64) {
    let store = stores.open();
    for round in 0..rounds {
        let (holder, now) = (mint(), at(round * 10));
        let Ok(batch) = block_on(store.claim(holder, now, RUNS)).unwrap() else { continue };
        let result = |(index, event)| match (round + index) % 7 {
            0 => refused(event, at(round * 10 + 25), false),
            1 => refused(event, now, true),
            2 => Mark { published: Topics::TASK_EVENTS, ..refused(event, now, false) },
            _ => published(event),
        };
        let marks: Vec<Mark> = (0..).zip(&batch).map(result).collect();
        block_on(store.mark(holder, now, &marks, RUNS)).unwrap().unwrap();
        block_on(store.release(holder, None)).unwrap();
    }
}

fn replay_letters(stores: &PostgresStores, goes_on: &AtomicBool) {
    let store = stores.open();
    while goes_on.load(Ordering::Relaxed) {
        for letter in block_on(store.dead_letters(None, 100)).unwrap() {
            block_on(store.mark_replayed(&letter, now())).unwrap();
        }
    }
}

#[test]
fn outbox_heads_follow_the_events_while_everybody_writes() {
    let stores = PostgresStores::fresh();
    let users = users(&stores, &["a", "b", "c"]);
    let goes_on = AtomicBool::new(true);
    thread::scope(|scope| {
        let (stores, users) = (&stores, &users);
        let mut writers: Vec<_> = (0..4)
            .map(|writer| {
                scope.spawn(move || {
                    let store = stores.open();
                    for round in 0..60 {
                        block_on(insert(&store, users[(writer + round) % 3], task("one")));
                    }
                })
            })
            .collect();
        writers.extend((0..2).map(|_| scope.spawn(|| relay(stores, 80))));
        scope.spawn(|| replay_letters(stores, &goes_on));
        for writer in writers {
            writer.join().unwrap();
        }
        goes_on.store(false, Ordering::Relaxed);
    });
    let derived = stores.database().run(OUTBOX_HEADS);
    assert_eq!(derived, stores.database().run(OUTBOX_HEADS_FROM_EVENTS));
    assert_no_circle(&stores);

    // What is left drains, and then every event was published once to each of its topics.
    let store = stores.open();
    for letter in block_on(store.dead_letters(None, 1_000)).unwrap() {
        block_on(store.mark_replayed(&letter, now())).unwrap();
    }
    block_on(drain(&store, at(1_000_000)));
    let gauges = block_on(store.gauges(at(1_000_000))).unwrap();
    assert_eq!((gauges.outbox_pending, gauges.published_total), (0, 4 * 60 * 2));
}

#[test]
fn a_lease_ends_by_the_clock_of_the_database_as_well() {
    const HOUR_MS: i64 = 3_600_000;
    let stores = PostgresStores::fresh();
    let store = stores.open();
    let (ahead, other) = (mint(), mint());
    assert_eq!(block_on(store.claim(ahead, at(HOUR_MS), LIMITS)).unwrap(), Ok(vec![]));
    assert!(block_on(store.claim(other, now(), LIMITS)).unwrap().is_err());
    stores.database().run("UPDATE taskmaster.relay SET expires_at = expires_at - 10000");
    assert_eq!(block_on(store.claim(other, now(), LIMITS)).unwrap(), Ok(vec![]));
    assert!(block_on(store.mark(ahead, at(HOUR_MS), &[], LIMITS)).unwrap().is_err());
}

/// Leases and finishes what is due, until nothing is; gives how many attempts it made.
fn send_all(stores: &PostgresStores, goes_on: &AtomicBool) -> usize {
    let (store, mut attempts) = (stores.open(), 0);
    loop {
        let last_look = !goes_on.load(Ordering::Relaxed);
        let holder = mint();
        let lease = DeliveryLease { limit: 5, per_channel: 2, ..lease_at(holder, 0) };
        let due = block_on(store.lease_deliveries(&lease)).unwrap();
        if due.is_empty() && last_look {
            return attempts;
        }
        for it in due {
            let attempt = Attempt { at: now(), status: Some(200), error: None, latency_ms: 1 };
            let (after, keep) = (AfterAttempt::Delivered, ChannelVerdict::Keep);
            let id = it.delivery.id;
            let finish = store.finish_attempt(holder, id, Some(&attempt), &after, &keep, now());
            attempts += usize::from(block_on(finish).unwrap());
        }
    }
}

#[test]
fn each_delivery_is_attempted_once_while_others_are_set_up() {
    const WRITERS: usize = 3;
    const ROUNDS: usize = 20;
    let stores = PostgresStores::fresh();
    let hooks: Vec<Channel> = ["a", "b", "c"].map(webhook).into();
    let store = stores.open();
    let owner = block_on(reached_by(&store, "asad", &hooks));
    let leaving: Vec<Channel> = ["d", "e", "f"].map(webhook).into();
    let ending = block_on(reached_by(&store, "bina", &leaving));
    let drafts: Vec<_> = (0..60).map(|it| draft(&leaving[it % 3], 0)).collect();
    block_on(deliver(&store, ending, &drafts));
    let goes_on = AtomicBool::new(true);
    let sent: usize = thread::scope(|scope| {
        let (stores, hooks) = (&stores, &hooks);
        let senders: Vec<_> = (0..3).map(|_| scope.spawn(|| send_all(stores, &goes_on))).collect();
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                scope.spawn(move || {
                    let store = stores.open();
                    for round in 0..ROUNDS {
                        let first = &hooks[(writer + round) % 3];
                        let drafts = [draft(first, 0), draft(&hooks[round % 3], -1)];
                        block_on(deliver(&store, owner, &drafts));
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        block_on(commit(&store, &ChangeSet { tombstone: true, ..change(ending) }));
        goes_on.store(false, Ordering::Relaxed);
        senders.into_iter().map(|it| it.join().unwrap()).sum()
    });
    let tally = |condition: &str| -> usize {
        let count = format!("SELECT count(*) FROM taskmaster.deliveries WHERE {condition}");
        stores.database().run(&count).parse().unwrap()
    };
    assert_eq!(tally("state = 'delivered' AND jsonb_array_length(attempts) = 1"), sent);
    assert_eq!(tally(&format!("state <> 'delivered' AND user_id = '{owner}'")), 0);
    assert_eq!(tally("state = 'cancelled' AND attempts = '[]'"), WRITERS * ROUNDS * 2 + 60 - sent);
    assert_eq!(stores.database().run(WRONG_DELIVERY_HEADS), "0");
    assert_no_circle(&stores);
}

/// A change with every record that a sweep may remove.
fn recorded(user: UserId, name: &str) -> ChangeSet {
    let key = IdempotencyKey { scope: name.to_owned(), body_hash: String::new() };
    ChangeSet {
        inbox: Some(InboxKey { consumer: "recurrence", event_id: name.to_owned() }),
        idempotency: Some(IdempotencyRecord { key, status: 201, body: None }),
        ..insertion(user, task(name))
    }
}

#[test]
fn sweeps_at_the_same_time_remove_every_row_once_while_users_write() {
    const USERS: usize = 6;
    const CHANGES: usize = 20;
    let stores = PostgresStores::fresh();
    let store = stores.open();
    let users = users(&stores, &["a", "b", "c", "d", "e", "f"]);
    for change in 0..CHANGES {
        for (index, user) in users.iter().enumerate() {
            block_on(commit(&store, &recorded(*user, &format!("{index} {change}"))));
        }
    }
    block_on(drain(&store, now()));
    let old = Retention {
        events_before: at(1),
        idempotency_before: at(1),
        history_before: at(1),
        batch: 10,
    };
    let removed: u64 = thread::scope(|scope| {
        let (stores, users) = (&stores, &users);
        let sweeps: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(move || {
                    let store = stores.open();
                    // More than enough for the slowest, when the others leave it rows to skip.
                    (0..40).map(|_| block_on(store.sweep(old)).unwrap()).sum::<u64>()
                })
            })
            .collect();
        for user in users {
            scope.spawn(move || {
                let store = stores.open();
                for _ in 0..10 {
                    let later = ChangeSet { at: at(5), ..insertion(*user, task("later")) };
                    block_on(commit(&store, &later));
                }
            });
        }
        sweeps.into_iter().map(|it| it.join().unwrap()).sum()
    });
    // An event, an inbox key, an answer and a change of each.
    assert_eq!(removed, (USERS * CHANGES * 4) as u64);
    let swept = "SELECT DISTINCT swept_seq, change_seq FROM taskmaster.users";
    assert_eq!(stores.database().run(swept), format!("{CHANGES}|{}", CHANGES + 10));
    assert_no_circle(&stores);
}
