//! A change set as the JSON document that the engines' commit routines take.

use serde::Serialize;

use crate::change_set::{
    ChangeSet, EventDraft, IdempotencyRecord, InboxKey, RateCharge, SuccessionChange, TaskRef,
    TaskUpdate, TaskVersion, Topics,
};
use crate::delivery_row::{self, DraftColumns};
use crate::import_row::{self, ImportColumns};
use crate::reminder_row::{self, Plan};
use crate::task_row::{self, TaskColumns};

/// The rate bucket counts in thousandths of a token, so that tokens per second are thousandths
/// per millisecond and no fraction is ever lost.
const TOKEN: i64 = 1000;

/// Stands where a task's number would; numbers count from 1.
const NO_TASK: u32 = 0;

#[derive(Serialize)]
pub(crate) struct Document<'c> {
    change_id: String,
    user: String,
    token_epoch: Option<u32>,
    at: i64,
    inserts: Vec<TaskColumns<'c>>,
    updates: Vec<Update<'c>>,
    deletes: Vec<u32>,
    /// Every version the change relies on, whether the row is changed, deleted or only read.
    expect: Vec<Expected>,
    withdrawals: Vec<Withdrawal>,
    claims: Vec<Claim>,
    plans: Vec<Plan>,
    fires: Option<reminder_row::KeyColumns>,
    deliveries: Vec<DraftColumns<'c>>,
    import: Option<ImportColumns<'c>>,
    import_keys: Vec<import_row::KeyColumns<'c>>,
    tombstone: bool,
    events: Vec<Event<'c>>,
    /// How many of the events take a sequence number.
    seqs: u32,
    inbox: Option<Inbox<'c>>,
    idempotency: Option<Idempotency<'c>>,
    rate: Option<Rate>,
}

#[derive(Serialize)]
struct Update<'c> {
    number: u32,
    expected: u64,
    task: TaskColumns<'c>,
}

#[derive(Serialize)]
struct Expected {
    number: u32,
    version: u64,
}

#[derive(Serialize)]
struct Withdrawal {
    series: String,
    occurrence: u32,
}

#[derive(Serialize)]
struct Claim {
    series: String,
    occurrence: u32,
    insert: usize,
}

#[derive(Serialize)]
struct Event<'c> {
    id: String,
    number: Option<u32>,
    insert: Option<usize>,
    /// Counted from 1 in this change; an event outside the change feed has none.
    seq_offset: Option<u32>,
    topics: u8,
    body: &'c str,
}

#[derive(Serialize)]
struct Inbox<'c> {
    consumer: &'c str,
    event_id: &'c str,
}

#[derive(Serialize)]
struct Idempotency<'c> {
    scope: &'c str,
    body_hash: &'c str,
    status: u16,
    body: Option<&'c str>,
}

/// A rate charge in thousandths of a token.
#[derive(Clone, Copy, Serialize)]
pub(crate) struct Rate {
    pub(crate) cost: i64,
    pub(crate) capacity: i64,
    pub(crate) refill_per_ms: i64,
}

impl<'c> Document<'c> {
    pub(crate) fn of(change_set: &'c ChangeSet) -> Self {
        let (events, seqs) = events(&change_set.events);
        let import = change_set.import.as_ref();
        let import_keys = import
            .map_or_else(Vec::new, |it| it.keys.iter().map(import_row::key_columns).collect());
        Document {
            change_id: change_set.change_id.to_string(),
            user: change_set.user.to_string(),
            token_epoch: change_set.token_epoch,
            at: change_set.at.timestamp_millis(),
            inserts: change_set.inserts.iter().map(task_row::columns).collect(),
            updates: change_set.updates.iter().map(update).collect(),
            deletes: change_set.deletes.iter().map(|it| it.number.0).collect(),
            expect: expectations(change_set),
            withdrawals: change_set.successions.iter().filter_map(withdrawal).collect(),
            claims: change_set.successions.iter().filter_map(claim).collect(),
            plans: reminder_row::plans(change_set),
            fires: change_set.fires.as_ref().map(reminder_row::key_columns),
            deliveries: change_set.deliveries.iter().map(delivery_row::draft_columns).collect(),
            import: import.map(|it| import_row::columns(&it.import)),
            import_keys,
            tombstone: change_set.tombstone,
            events,
            seqs,
            inbox: change_set.inbox.as_ref().map(inbox),
            idempotency: change_set.idempotency.as_ref().map(idempotency),
            rate: change_set.rate.map(Rate::of),
        }
    }
}

impl Rate {
    /// A charge above the capacity takes a full bucket; it could never be paid otherwise.
    pub(crate) fn of(charge: RateCharge) -> Self {
        Rate {
            cost: i64::from(charge.cost.min(charge.capacity)) * TOKEN,
            capacity: i64::from(charge.capacity) * TOKEN,
            refill_per_ms: i64::from(charge.refill_per_second),
        }
    }
}

/// A reminder falling due changes no task, and neither does the end of the account: these have no
/// place in the sequence of changes.
fn takes_seq(draft: &EventDraft) -> bool {
    draft.topics != Topics::REMINDERS && draft.task != TaskRef::None
}

fn events(drafts: &[EventDraft]) -> (Vec<Event<'_>>, u32) {
    let mut seqs = 0;
    let events = drafts
        .iter()
        .map(|draft| {
            let seq_offset = takes_seq(draft).then(|| {
                seqs += 1;
                seqs
            });
            let (number, insert) = match draft.task {
                TaskRef::Number(number) => (Some(number.0), None),
                TaskRef::Insert(index) => (None, Some(index)),
                TaskRef::None => (Some(NO_TASK), None),
            };
            Event {
                id: draft.id.to_string(),
                number,
                insert,
                seq_offset,
                topics: draft.topics.0,
                body: &draft.body,
            }
        })
        .collect();
    (events, seqs)
}

fn update(update: &TaskUpdate) -> Update<'_> {
    Update {
        number: update.number.0,
        expected: update.expected.0,
        task: task_row::columns(&update.task),
    }
}

fn expectations(change_set: &ChangeSet) -> Vec<Expected> {
    let updated =
        change_set.updates.iter().map(|it| TaskVersion { number: it.number, version: it.expected });
    updated
        .chain(change_set.deletes.iter().copied())
        .chain(change_set.expect.iter().copied())
        .map(|it| Expected { number: it.number.0, version: it.version.0 })
        .collect()
}

fn withdrawal(change: &SuccessionChange) -> Option<Withdrawal> {
    match change {
        SuccessionChange::Withdraw { series, ordinal } => {
            Some(Withdrawal { series: series.to_string(), occurrence: ordinal.0 })
        }
        SuccessionChange::Claim { .. } => None,
    }
}

fn claim(change: &SuccessionChange) -> Option<Claim> {
    match change {
        SuccessionChange::Claim { series, ordinal, insert } => {
            Some(Claim { series: series.to_string(), occurrence: ordinal.0, insert: *insert })
        }
        SuccessionChange::Withdraw { .. } => None,
    }
}

fn inbox(key: &InboxKey) -> Inbox<'_> {
    Inbox { consumer: key.consumer, event_id: &key.event_id }
}

fn idempotency(record: &IdempotencyRecord) -> Idempotency<'_> {
    Idempotency {
        scope: &record.key.scope,
        body_hash: &record.key.body_hash,
        status: record.status,
        body: record.body.as_deref(),
    }
}
