//! What the triggers derive from the events must be what the events say, whatever happens to them.

use futures::executor::block_on;
use task_store::change_set::Topics;
use task_store::relay::Mark;
use task_store::store::BatchLimits;
use task_store::{SqlStore, Store};
use test_support::sqlite::SqliteDb;

use super::SqliteStores;
use crate::suite::Stores;
use crate::suite::fixture::*;
use crate::suite::outbox::{published, refused};
use crate::suite::relay::LIMITS as SINGLE;

const LIMITS: BatchLimits = BatchLimits { per_user: 3, ..SINGLE };

type Heads = Vec<(String, i64, i64, i64)>;

const DERIVED: &str = "SELECT user_id, position, retry_at, waiting FROM outbox_heads ORDER BY 1";
const FROM_EVENTS: &str = "SELECT user_id, min(position), retry_at, count(*) FROM events \
     WHERE pending <> 0 GROUP BY user_id ORDER BY 1";

fn check(stores: &SqliteStores) -> usize {
    let read = |sql: &str| -> rusqlite::Result<Heads> {
        stores.db().with(|connection| {
            let mut statement = connection.prepare(sql)?;
            let columns = |row: &rusqlite::Row<'_>| row.try_into();
            statement.query_map([], columns)?.collect()
        })
    };
    let derived = read(DERIVED).unwrap();
    assert_eq!(derived, read(FROM_EVENTS).unwrap());
    derived.len()
}

/// One round of the relay in which every kind of result occurs in turn.
fn relay(store: &SqlStore<SqliteDb>, round: i64) {
    let holder = mint();
    let now = at(round * 10);
    let batch = block_on(store.claim(holder, now, LIMITS)).unwrap().unwrap();
    let result = |(index, event)| match (round + index) % 5 {
        0 => refused(event, at(round * 10 + 25), false),
        1 => refused(event, now, true),
        2 => Mark { published: Topics::TASK_EVENTS, ..refused(event, now, false) },
        _ => published(event),
    };
    let marks: Vec<Mark> = (0..).zip(&batch).map(result).collect();
    block_on(store.mark(holder, now, &marks, LIMITS)).unwrap().unwrap();
    block_on(store.release(holder, None)).unwrap();
}

#[test]
fn heads_follow_the_events_through_refusals_parking_and_replays() {
    let stores = SqliteStores::fresh();
    let store = stores.open();
    let users: Vec<_> = ["a", "b", "c"].map(|name| block_on(user(&store, name))).into();
    let mut most_heads = 0;
    for round in 0..60 {
        if round < 40 {
            block_on(insert(&store, users[round as usize % 3], task("one")));
            block_on(insert(&store, users[round as usize * 7 % 2], task("two")));
        }
        relay(&store, round);
        most_heads = most_heads.max(check(&stores));
        for letter in block_on(store.dead_letters(None, 100)).unwrap() {
            if (letter.id + round) % 4 == 0 {
                assert!(block_on(store.mark_replayed(&letter, at(round * 10))).unwrap());
            }
        }
        check(&stores);
    }
    assert_eq!(most_heads, 3);
    assert!(block_on(store.gauges(now())).unwrap().published_total > 0);
}
