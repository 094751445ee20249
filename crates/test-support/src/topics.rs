//! What stands on the embedded topics, read beside a running sidecar, as its own console does.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use serde_json::Value;
use task_contracts::names::Topic;

use crate::data_folder::DataFolder;

/// A reader waits this long for the sidecar's own commits.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// One message.
#[derive(Clone, Debug)]
pub struct Record {
    pub topic: String,
    pub partition: i64,
    pub offset: i64,
    /// Milliseconds since 1970, by the sidecar's clock.
    pub published_at_ms: i64,
    /// The CloudEvent, or `null` when the payload is not JSON.
    pub event: Value,
}

/// A moment's look at the log of one sidecar.
#[derive(Clone, Debug, Default)]
pub struct Topics {
    pub records: Vec<Record>,
}

/// How far a sidecar has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records on all topics.
    pub published: i64,
    /// Records of subscribed topics that their consumer has not settled.
    pub undelivered: i64,
}

/// What stands on one topic, counted where it lies: however much it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub records: i64,
    /// Distinct events; a record may be an event that came before.
    pub events: i64,
    /// Distinct changes, by user and sequence number.
    pub changes: i64,
    /// Events that stand for the first time behind a later change of their user.
    pub overtaken: i64,
}

impl Topics {
    /// What stands on a topic of changes.
    pub fn tally(data: &DataFolder, topic: Topic) -> Tally {
        let Some(log) = open(&data.sidecar()) else { return Tally::default() };
        read_tally(&log, topic).unwrap_or_else(|error| panic!("the log: {error}"))
    }

    /// Everything, in the order of commit.
    pub fn read(data: &DataFolder) -> Self {
        let Some(log) = open(&data.sidecar()) else { return Topics::default() };
        let records = read_records(&log);
        Topics { records: records.unwrap_or_else(|error| panic!("the log: {error}")) }
    }

    pub fn on(&self, topic: &str) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.topic == topic)
    }

    /// The events of one user on `task-events`, each id once, in the order of first publication.
    pub fn of_user(&self, user_id: &str) -> Vec<Value> {
        let mut seen = BTreeMap::new();
        let records = self.on(Topic::TaskEvents.as_str());
        let own = records.filter(|record| record.event["data"]["user_id"] == user_id);
        let first = own.filter(|record| seen.insert(record.event["id"].to_string(), ()).is_none());
        first.map(|record| record.event.clone()).collect()
    }

    /// How far the sidecar of this folder is, for an app of that name.
    pub fn progress(data: &DataFolder, app_id: &str) -> Progress {
        let Some(log) = open(&data.sidecar()) else { return Progress::default() };
        read_progress(&log, app_id).unwrap_or_else(|error| panic!("the log: {error}"))
    }
}

/// `None` while there is no log yet.
fn open(folder: &Path) -> Option<Connection> {
    let file = folder.join("events.db");
    if !file.exists() {
        return None;
    }
    let log = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY);
    let log = log.unwrap_or_else(|error| panic!("cannot open {}: {error}", file.display()));
    log.busy_timeout(BUSY_TIMEOUT).unwrap_or_else(|error| panic!("{error}"));
    // The file comes into being a moment before its tables do.
    let is_ready = log.table_exists(None, "consumer_offset");
    is_ready.unwrap_or_else(|error| panic!("the log: {error}")).then_some(log)
}

fn read_records(log: &Connection) -> rusqlite::Result<Vec<Record>> {
    let mut statement = log.prepare(
        "SELECT topic.name, partition, offset, published_at_ms, payload
         FROM record JOIN topic ON topic.id = record.topic_id ORDER BY position",
    )?;
    let records = statement.query_map([], |row| {
        let payload: Vec<u8> = row.get(4)?;
        Ok(Record {
            topic: row.get(0)?,
            partition: row.get(1)?,
            offset: row.get(2)?,
            published_at_ms: row.get(3)?,
            event: serde_json::from_slice(&payload).unwrap_or_default(),
        })
    })?;
    records.collect()
}

fn read_tally(log: &Connection, topic: Topic) -> rusqlite::Result<Tally> {
    log.query_row(
        "WITH
         seen AS (
           SELECT
             min(record.position) AS position,
             count(*) AS records,
             payload ->> '$.data.user_id' AS user_id,
             payload ->> '$.data.sequence' AS seq
           FROM (SELECT position, topic_id, CAST(payload AS TEXT) AS payload FROM record) AS record
           JOIN topic ON topic.id = record.topic_id AND topic.name = ?1
           GROUP BY payload ->> '$.id'
         ),
         ordered AS (
           SELECT
             records, user_id, seq,
             max(seq) OVER (
               PARTITION BY user_id ORDER BY position ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW
             ) AS latest_before
           FROM seen
         )
         SELECT
           coalesce(sum(records), 0),
           count(*),
           count(DISTINCT user_id || seq),
           coalesce(sum(latest_before > seq), 0)
         FROM ordered",
        [topic.as_str()],
        |row| {
            let [records, events, changes, overtaken] =
                [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?];
            Ok(Tally { records, events, changes, overtaken })
        },
    )
}

fn read_progress(log: &Connection, app_id: &str) -> rusqlite::Result<Progress> {
    let dead_letters = Topic::ALL.map(|topic| topic.dead_letter());
    let consumed = [Topic::TaskEvents, Topic::Reminders].map(Topic::as_str);
    let subscribed = [&dead_letters[..], &consumed[..]].concat();
    let mut undelivered = 0;
    for topic in subscribed {
        let lag: Option<i64> = log
            .query_row(
                "SELECT count(*) FROM record JOIN topic ON topic.id = record.topic_id
                 LEFT JOIN consumer_offset AS done
                   ON done.consumer_group = ?1 AND done.topic_id = record.topic_id
                   AND done.partition = record.partition
                 WHERE topic.name = ?2 AND record.offset >= coalesce(done.next_offset, 0)",
                (app_id, topic),
                |row| row.get(0),
            )
            .optional()?;
        undelivered += lag.unwrap_or_default();
    }
    let published = log.query_row("SELECT count(*) FROM record", [], |row| row.get(0))?;
    Ok(Progress { published, undelivered })
}
