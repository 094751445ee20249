//! What a batch's results mean for each event: published, held back, parked, or left as it was; and
//! what they tell of the sidecar.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use task_store::relay::{Mark, OutboxEvent, Refusal};

use super::publish::{Publication, PublishResult};
use super::{retry_at, untouched};

/// With waits of 1 s doubling to a minute this is about six minutes of being refused while
/// others go through: it will not heal by itself.
const REFUSALS_MAX: u32 = 12;

/// How much of a batch got somewhere. What the broker refuses did: it was read and answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Whole,
    Part,
    Nothing,
}

pub(super) struct Verdict {
    /// One for each event, in the batch's order.
    pub(super) marks: Vec<Mark>,
    pub(super) reach: Reach,
}

pub(super) fn judge(
    batch: &[OutboxEvent],
    publications: &[Publication],
    now: DateTime<Utc>,
) -> Verdict {
    let mut held_back = HashSet::new();
    let mut marks = Vec::with_capacity(batch.len());
    for event in batch {
        let own = publications.iter().filter(|it| it.position == event.position);
        let mut mark = mark(event, own, now);
        // A user is held back by the first refusal alone. What comes behind it is counted when it
        // is the first: one fault of the broker must not park a whole run.
        if mark.refusal.is_some() && !held_back.insert(event.user) {
            mark.refusal = None;
        }
        marks.push(mark);
    }
    report(&marks, batch);
    Verdict { marks, reach: reach(publications, batch.len()) }
}

fn mark<'p>(
    event: &OutboxEvent,
    publications: impl Iterator<Item = &'p Publication>,
    now: DateTime<Utc>,
) -> Mark {
    let mut mark = untouched(event);
    for publication in publications {
        match &publication.result {
            PublishResult::Published => mark.published = mark.published.with(publication.topic),
            PublishResult::Refused(reason) => mark.refusal = Some(refusal(event, reason, now)),
            PublishResult::Unreachable(_) | PublishResult::Untried => {}
        }
    }
    mark
}

fn refusal(event: &OutboxEvent, reason: &str, now: DateTime<Utc>) -> Refusal {
    let park = event.attempts + 1 >= REFUSALS_MAX;
    Refusal { reason: reason.to_owned(), retry_at: retry_at(now, event.attempts), park }
}

fn report(marks: &[Mark], batch: &[OutboxEvent]) {
    for (mark, event) in marks.iter().zip(batch) {
        let Some(Refusal { reason, park, .. }) = &mark.refusal else { continue };
        if *park {
            tracing::error!(event_id = %event.id, %reason, "event parked; see the dead letters");
        } else {
            let attempts = event.attempts + 1;
            tracing::warn!(event_id = %event.id, attempts, %reason, "event refused");
        }
    }
}

fn reach(publications: &[Publication], events: usize) -> Reach {
    let mut reached = false;
    let mut failure = None;
    for publication in publications {
        match &publication.result {
            PublishResult::Published | PublishResult::Refused(_) => reached = true,
            PublishResult::Unreachable(cause) => failure = Some(cause),
            PublishResult::Untried => {}
        }
    }
    let Some(cause) = failure else { return Reach::Whole };
    tracing::warn!(events, %cause, "publishing failed; the events stay");
    if reached { Reach::Part } else { Reach::Nothing }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use task_domain::{TaskNumber, UserId};
    use task_store::change_set::Topics;
    use uuid::Uuid;

    use super::*;

    /// Of user 1 the first hundred, of user 2 the next, and so on.
    fn event(position: i64, attempts: u32) -> OutboxEvent {
        OutboxEvent {
            position,
            user: UserId(Uuid::from_u128(position as u128 / 100)),
            id: Uuid::from_u128(position as u128),
            number: TaskNumber(1),
            seq: 1,
            pending: Topics::TASK_EVENTS.with(Topics::TASK_UPDATES),
            attempts,
            body: String::new(),
        }
    }

    fn publication(position: i64, topic: Topics, result: PublishResult) -> Publication {
        Publication { position, topic, result }
    }

    fn refused() -> PublishResult {
        PublishResult::Refused("too large".to_owned())
    }

    fn down() -> PublishResult {
        PublishResult::Unreachable("down".to_owned())
    }

    fn judge(batch: &[OutboxEvent], publications: &[Publication]) -> Verdict {
        super::judge(batch, publications, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_failing_topic_leaves_the_other_published() {
        let results = [
            publication(1, Topics::TASK_EVENTS, PublishResult::Published),
            publication(1, Topics::TASK_UPDATES, down()),
        ];
        let verdict = judge(&[event(1, 0)], &results);
        assert_eq!(verdict.marks[0].published, Topics::TASK_EVENTS);
        assert_eq!(verdict.marks[0].refusal, None);
        assert_eq!(verdict.reach, Reach::Part);
    }

    #[test]
    fn an_outage_never_counts_against_an_event() {
        let verdict =
            judge(&[event(1, REFUSALS_MAX)], &[publication(1, Topics::TASK_EVENTS, down())]);
        assert_eq!(verdict.marks, [untouched(&event(1, 0))]);
        assert_eq!(verdict.reach, Reach::Nothing);
    }

    #[test]
    fn a_refused_event_waits_longer_each_time_and_is_parked_in_the_end() {
        let refusal = |attempts| {
            let results = [publication(1, Topics::TASK_EVENTS, refused())];
            let verdict = judge(&[event(1, attempts)], &results);
            assert_eq!(verdict.reach, Reach::Whole);
            verdict.marks.into_iter().next().and_then(|mark| mark.refusal).expect("a refusal")
        };
        let wait = |attempts| refusal(attempts).retry_at - DateTime::UNIX_EPOCH;
        assert_eq!(wait(0), Duration::seconds(1));
        assert_eq!(wait(3), Duration::seconds(8));
        assert_eq!(wait(9), Duration::seconds(60));
        assert!(!refusal(REFUSALS_MAX - 2).park);
        assert!(refusal(REFUSALS_MAX - 1).park);
    }

    #[test]
    fn only_the_first_refusal_of_a_user_counts_and_later_events_stay_published() {
        let batch: Vec<_> = [101, 102, 103, 104, 201].map(|it| event(it, 0)).into();
        let results = [
            publication(101, Topics::TASK_EVENTS, PublishResult::Published),
            publication(102, Topics::TASK_EVENTS, refused()),
            publication(103, Topics::TASK_EVENTS, PublishResult::Published),
            publication(104, Topics::TASK_EVENTS, refused()),
            publication(201, Topics::TASK_EVENTS, refused()),
        ];
        let marks = judge(&batch, &results).marks;
        let is_refused: Vec<_> = marks.iter().map(|mark| mark.refusal.is_some()).collect();
        assert_eq!(is_refused, [false, true, false, false, true]);
        let is_published: Vec<_> =
            marks.iter().map(|mark| mark.published == Topics::TASK_EVENTS).collect();
        assert_eq!(is_published, [true, false, true, false, false]);
    }

    #[test]
    fn what_was_not_tried_says_nothing_of_the_sidecar() {
        let results = [
            publication(101, Topics::TASK_EVENTS, refused()),
            publication(102, Topics::TASK_EVENTS, PublishResult::Untried),
        ];
        let verdict = judge(&[event(101, 0), event(102, 0)], &results);
        assert_eq!(verdict.reach, Reach::Whole);
        assert_eq!(verdict.marks[1], untouched(&event(102, 0)));
    }
}
