//! What a batch's results mean for each event: published, held back, parked, or left as it was.

use chrono::{DateTime, Utc};
use task_store::relay::{Mark, OutboxEvent, Refusal};

use super::publish::{Publication, PublishResult};
use super::{retry_at, untouched};

/// With waits of 1 s doubling to a minute this is about six minutes of being refused while
/// others go through: it will not heal by itself.
const REFUSALS_MAX: u32 = 12;

/// Judges batch after batch of one turn, and remembers whether the sidecar can be reached.
#[derive(Default)]
pub(super) struct Verdicts {
    unreachable: bool,
}

impl Verdicts {
    /// Whether the last batch met a sidecar or broker that took nothing.
    pub(super) fn unreachable(&self) -> bool {
        self.unreachable
    }

    pub(super) fn judge(
        &mut self,
        batch: &[OutboxEvent],
        publications: &[Publication],
        now: DateTime<Utc>,
    ) -> Vec<Mark> {
        let of = |event: &OutboxEvent| {
            publications.iter().filter({
                let position = event.position;
                move |publication| publication.position == position
            })
        };
        let unreachable = publications.iter().find_map(|publication| match &publication.result {
            PublishResult::Unreachable(cause) => Some(cause),
            PublishResult::Published | PublishResult::Refused(_) => None,
        });
        if let Some(cause) = unreachable {
            tracing::warn!(events = batch.len(), %cause, "publishing failed; the events stay");
            self.unreachable = true;
        }
        batch.iter().map(|event| mark(event, of(event), now)).collect()
    }
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
            PublishResult::Unreachable(_) => {}
        }
    }
    mark
}

fn refusal(event: &OutboxEvent, reason: &str, now: DateTime<Utc>) -> Refusal {
    let park = event.attempts + 1 >= REFUSALS_MAX;
    if park {
        tracing::error!(event_id = %event.id, %reason, "event parked; see the dead letters");
    } else {
        let attempts = event.attempts + 1;
        tracing::warn!(event_id = %event.id, attempts, %reason, "event refused");
    }
    Refusal { reason: reason.to_owned(), retry_at: retry_at(now, event.attempts), park }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use task_domain::{TaskNumber, UserId};
    use task_store::change_set::Topics;
    use uuid::Uuid;

    use super::*;

    fn event(position: i64, attempts: u32) -> OutboxEvent {
        OutboxEvent {
            position,
            user: UserId(Uuid::from_u128(position as u128)),
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

    fn judge(batch: &[OutboxEvent], publications: &[Publication]) -> (Vec<Mark>, bool) {
        let mut verdicts = Verdicts::default();
        let marks = verdicts.judge(batch, publications, DateTime::UNIX_EPOCH);
        (marks, verdicts.unreachable())
    }

    #[test]
    fn a_failing_topic_leaves_the_other_published() {
        let results = [
            publication(1, Topics::TASK_EVENTS, PublishResult::Published),
            publication(1, Topics::TASK_UPDATES, PublishResult::Unreachable("down".to_owned())),
        ];
        let (marks, unreachable) = judge(&[event(1, 0)], &results);
        assert_eq!(marks[0].published, Topics::TASK_EVENTS);
        assert_eq!(marks[0].refusal, None);
        assert!(unreachable);
    }

    #[test]
    fn an_outage_never_counts_against_an_event() {
        let down = PublishResult::Unreachable("down".to_owned());
        let (marks, _) =
            judge(&[event(1, REFUSALS_MAX)], &[publication(1, Topics::TASK_EVENTS, down)]);
        assert_eq!(marks, [untouched(&event(1, 0))]);
    }

    #[test]
    fn a_refused_event_waits_longer_each_time_and_is_parked_in_the_end() {
        let refused = || PublishResult::Refused("too large".to_owned());
        let refusal = |attempts| {
            let results = [publication(1, Topics::TASK_EVENTS, refused())];
            let (marks, unreachable) = judge(&[event(1, attempts)], &results);
            assert!(!unreachable);
            marks.into_iter().next().and_then(|mark| mark.refusal).expect("a refusal")
        };
        let wait = |attempts| refusal(attempts).retry_at - DateTime::UNIX_EPOCH;
        assert_eq!(wait(0), Duration::seconds(1));
        assert_eq!(wait(3), Duration::seconds(8));
        assert_eq!(wait(9), Duration::seconds(60));
        assert!(!refusal(REFUSALS_MAX - 2).park);
        assert!(refusal(REFUSALS_MAX - 1).park);
    }
}
