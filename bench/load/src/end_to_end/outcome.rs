//! What a run left behind, counted after it: tasks as their users see them, events as the topic
//! holds them.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use chrono::{DateTime, Utc};
use futures::future::try_join_all;
use serde::Deserialize;
use task_contracts::names::Topic;

use crate::client::{Ask, Client};
use crate::figures::Latencies;
use crate::setup::{Counted, Server};

pub(super) struct Outcome {
    /// Distinct ones on the topic.
    pub(super) events: i64,
    pub(super) events_lost: i64,
    pub(super) repeated: i64,
    pub(super) completions: u64,
    pub(super) missing: u64,
    pub(super) surplus: u64,
    pub(super) until_next: Latencies,
}

#[derive(Deserialize)]
struct Page {
    tasks: Vec<Task>,
    next_cursor: Option<String>,
    seq: i64,
}

#[derive(Deserialize)]
struct Task {
    series_id: String,
    occurrence: u32,
    created_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

/// The tasks of one user and the number of changes that made them.
struct Tasks {
    tasks: Vec<Task>,
    seq: i64,
}

impl Outcome {
    pub(super) async fn read(server: &mut Server, completions: u64) -> Result<Self> {
        let users = try_join_all(server.clients.iter_mut().map(all_tasks)).await?;
        let Counted { records, events } = server.count(Topic::TaskEvents);
        let changes: i64 = users.iter().map(|user| user.seq).sum();
        let mut outcome = Outcome {
            events,
            events_lost: changes - events,
            repeated: records - events,
            completions,
            missing: 0,
            surplus: 0,
            until_next: Latencies::default(),
        };
        outcome.follow(users.into_iter().flat_map(|user| user.tasks));
        Ok(outcome)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.events_lost == 0 && self.missing == 0 && self.surplus == 0
    }

    /// From each completion to the occurrence after it.
    fn follow(&mut self, tasks: impl Iterator<Item = Task>) {
        let mut occurrences: BTreeMap<(String, u32), Vec<Task>> = BTreeMap::new();
        for task in tasks {
            occurrences.entry((task.series_id.clone(), task.occurrence)).or_default().push(task);
        }
        let mut until_next_us = Vec::new();
        let mut completed = 0;
        for ((series, occurrence), same) in &occurrences {
            self.surplus += same.len() as u64 - 1;
            let Some(completed_at) = same.iter().find_map(|task| task.completed_at) else {
                continue;
            };
            completed += 1;
            match occurrences.get(&(series.clone(), occurrence + 1)).and_then(|next| next.first()) {
                None => self.missing += 1,
                Some(next) => {
                    let us = (next.created_at - completed_at).num_microseconds().unwrap_or(0);
                    until_next_us.push(u32::try_from(us.max(0)).unwrap_or(u32::MAX));
                }
            }
        }
        // A completion that was acknowledged and then forgotten is missing too.
        self.missing += self.completions.saturating_sub(completed);
        self.until_next = Latencies::of(until_next_us);
    }
}

async fn all_tasks(client: &mut Client) -> Result<Tasks> {
    let mut all = Tasks { tasks: Vec::new(), seq: 0 };
    let mut path = "/api/me/tasks?limit=200".to_owned();
    loop {
        let page = client.send(Ask::get(path.clone())).await?;
        let page: Page = serde_json::from_slice(&page).context("a page is not as expected")?;
        all.tasks.extend(page.tasks);
        all.seq = page.seq;
        match page.next_cursor {
            Some(cursor) => path = format!("/api/me/tasks?limit=200&cursor={cursor}"),
            None => return Ok(all),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn task(series: &str, occurrence: u32, created_ms: i64, completed_ms: Option<i64>) -> Task {
        let at = |ms: i64| DateTime::from_timestamp_millis(ms).unwrap();
        Task {
            series_id: series.to_owned(),
            occurrence,
            created_at: at(created_ms),
            completed_at: completed_ms.map(at),
        }
    }

    fn followed(completions: u64, tasks: Vec<Task>) -> Outcome {
        let mut outcome = Outcome {
            events: 0,
            events_lost: 0,
            repeated: 0,
            completions,
            missing: 0,
            surplus: 0,
            until_next: Latencies::default(),
        };
        outcome.follow(tasks.into_iter());
        outcome
    }

    #[test]
    fn each_completion_has_one_next_occurrence() {
        let outcome = followed(
            1,
            vec![task("a", 1, 0, Some(100)), task("a", 2, 130, None), task("b", 1, 0, None)],
        );
        assert!(outcome.is_whole());
        assert_eq!(outcome.until_next.percentile(99), Duration::from_millis(30));
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_counted() {
        let none = followed(1, vec![task("a", 1, 0, Some(100))]);
        assert_eq!((none.missing, none.surplus), (1, 0));
        let forgotten = followed(1, vec![task("a", 1, 0, None)]);
        assert_eq!((forgotten.missing, forgotten.surplus), (1, 0));
        let twice =
            vec![task("a", 1, 0, Some(100)), task("a", 2, 130, None), task("a", 2, 131, None)];
        let two = followed(1, twice);
        assert_eq!((two.missing, two.surplus), (0, 1));
        assert!(!none.is_whole() && !two.is_whole());
    }
}
