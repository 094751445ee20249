//! What must hold of an app's data whatever happened to it, each invariant as what breaks it. They
//! hold of quiet data: nothing pending, nothing undelivered.

mod changes;
mod drained;
mod feed;
mod reminders;
mod separation;
mod series;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use task_contracts::names::{EventType, Topic};

use crate::ledger::Ledger;
use crate::topics::{Record, Topics};

/// Events of this project; a test's own messages on the same topics are nobody's change.
const OWN_SOURCE: &str = "taskmaster/";

/// The promises of the whole product, under the numbers by which they are spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// I1
    EachChangeHasItsEvent,
    /// I2
    EachCompletionHasItsSuccessor,
    /// I3
    EachReminderRingsOnceInTime,
    /// I4
    TheFeedLeadsToTheRows,
    /// I5
    EverythingDrains,
    /// I6
    NoRowCrossesUsers,
}

impl Invariant {
    pub const ALL: [Self; 6] = [
        Self::EachChangeHasItsEvent,
        Self::EachCompletionHasItsSuccessor,
        Self::EachReminderRingsOnceInTime,
        Self::TheFeedLeadsToTheRows,
        Self::EverythingDrains,
        Self::NoRowCrossesUsers,
    ];

    /// As a line of a table says it.
    pub fn promise(self) -> &'static str {
        match self {
            Self::EachChangeHasItsEvent => "each changed task row has exactly one event",
            Self::EachCompletionHasItsSuccessor => "each completion has one next instance",
            Self::EachReminderRingsOnceInTime => "each reminder rings once, in its time",
            Self::TheFeedLeadsToTheRows => "the change feed leads to the rows, from any cursor",
            Self::EverythingDrains => "outbox, inbox and deliveries drain",
            Self::NoRowCrossesUsers => "no row crosses users",
        }
    }

    /// What breaks it, a line for each.
    pub fn violations(self, ledger: &Ledger, topics: &Topics) -> Vec<String> {
        let living = of_the_living(ledger, topics);
        let (ledger, known) = (&living.ledger, living.topics.as_ref());
        match self {
            Self::EachChangeHasItsEvent => changes::violations(ledger, known),
            Self::EachCompletionHasItsSuccessor => series::violations(ledger),
            Self::EachReminderRingsOnceInTime => reminders::violations(ledger),
            Self::TheFeedLeadsToTheRows => feed::violations(ledger, known),
            // What a user who is gone was told of must have been told, too.
            Self::EverythingDrains => drained::violations(ledger, topics),
            Self::NoRowCrossesUsers => separation::violations(ledger, known),
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I{} ({})", *self as usize + 1, self.promise())
    }
}

/// Everything that is wrong.
pub fn violations(ledger: &Ledger, topics: &Topics) -> Vec<(Invariant, String)> {
    let of = |invariant: Invariant| {
        let broken = invariant.violations(ledger, topics).into_iter();
        broken.map(move |what| (invariant, what))
    };
    Invariant::ALL.into_iter().flat_map(of).collect()
}

struct Living<'a> {
    ledger: Cow<'a, Ledger>,
    topics: Cow<'a, Topics>,
}

/// Ended accounts are erased piece by piece, and the topics remember them longer than the rows.
fn of_the_living<'a>(ledger: &'a Ledger, topics: &'a Topics) -> Living<'a> {
    let deleted = EventType::UserDeleted;
    let told = topics.on(Topic::TaskEvents.as_str());
    let told = told.filter(|record| record.event["type"] == deleted.as_str());
    let ended = ledger.users.iter().filter(|user| user.is_ended).map(|user| user.id.clone());
    let ended: BTreeSet<String> =
        told.map(|record| user_of(record).to_owned()).chain(ended).collect();
    if ended.is_empty() {
        return Living { ledger: Cow::Borrowed(ledger), topics: Cow::Borrowed(topics) };
    }
    let mut living = ledger.clone();
    living.users.retain(|user| !user.is_ended);
    living.tasks.retain(|task| !ended.contains(&task.user));
    living.events.retain(|event| !ended.contains(&event.user));
    living.successions.retain(|succession| !ended.contains(&succession.user));
    living.reminders.retain(|reminder| !ended.contains(&reminder.user));
    living.deliveries.retain(|delivery| !ended.contains(&delivery.user));
    let mut remembered = topics.clone();
    remembered.records.retain(|record| !ended.contains(user_of(record)));
    Living { ledger: Cow::Owned(living), topics: Cow::Owned(remembered) }
}

fn own(topics: &Topics, topic: Topic) -> impl Iterator<Item = &Record> {
    topics.on(topic.as_str()).filter(|record| is_own(record))
}

fn is_own(record: &Record) -> bool {
    record.event["source"].as_str().is_some_and(|source| source.starts_with(OWN_SOURCE))
}

/// Whom a message is about: `users/<id>…`.
fn user_of(record: &Record) -> &str {
    let subject = record.event["subject"].as_str().unwrap_or_default();
    subject.split('/').nth(1).unwrap_or_default()
}
