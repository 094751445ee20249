//! Reminders and the webhook that is told of them: how long after its instant each one comes.

use std::collections::BTreeMap;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::Result;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures::future::try_join_all;
use serde_json::json;
use test_support::webhook::{self, Told};
use tokio::task::block_in_place;

use crate::client::{Ask, Client};
use crate::figures::Latencies;

/// Of each user.
const REMINDERS: usize = 2;
/// By then all of them are set and armed.
const LEAD: TimeDelta = TimeDelta::seconds(10);
/// They do not fall due all at once.
const DISTANCE: TimeDelta = TimeDelta::milliseconds(50);
/// What has not come so long after the last instant does not come.
const PATIENCE: Duration = Duration::from_secs(60);
/// So long after the last one came nothing comes a second time: an attempt that is taken for failed
/// is made again after five seconds.
const QUIET: Duration = Duration::from_secs(8);

/// What became of all reminders.
#[derive(Clone, Debug, Default)]
pub(super) struct Rung {
    pub(super) set: usize,
    pub(super) missing: usize,
    /// Those that came more than once.
    pub(super) repeated: usize,
    pub(super) late: Latencies,
}

/// Lets every user set some, and waits until they have come.
pub(super) async fn ring(clients: &mut [Client]) -> Result<Rung> {
    let (url, told) = webhook::start();
    let channel = json!({"type": "webhook", "url": url}).to_string();
    let made = clients
        .iter_mut()
        .map(|client| client.send(Ask::post("/api/me/channels", channel.clone())));
    try_join_all(made).await?;
    let first = webhook::now() + LEAD;
    let mut due = BTreeMap::new();
    for _ in 0..REMINDERS {
        let set = clients.iter_mut().map(|client| {
            let fire_at = first + DISTANCE * due.len() as i32;
            let title = format!("Reminder {}", due.len());
            let at = fire_at.to_rfc3339_opts(SecondsFormat::Millis, true);
            let task = json!({"title": title, "reminders": [{"at": at}]}).to_string();
            due.insert(title, fire_at);
            client.send(Ask::post("/api/me/tasks", task))
        });
        let set: Vec<_> = set.collect();
        try_join_all(set).await?;
    }
    let last = first + DISTANCE * due.len() as i32;
    let until_last = (last - webhook::now()).to_std().unwrap_or_default();
    let told = block_in_place(|| listen(&told, due.len(), until_last + PATIENCE));
    Ok(Rung::of(&due, &told))
}

fn listen(told: &Receiver<Told>, expected: usize, patience: Duration) -> Vec<Told> {
    let deadline = Instant::now() + patience;
    let mut all = Vec::with_capacity(expected);
    while all.len() < expected {
        match told.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(one) => all.push(one),
            Err(_) => break,
        }
    }
    while let Ok(one) = told.recv_timeout(QUIET) {
        all.push(one);
    }
    all
}

impl Rung {
    fn of(due: &BTreeMap<String, DateTime<Utc>>, told: &[Told]) -> Self {
        let mut times: BTreeMap<&str, usize> = BTreeMap::new();
        let mut late_us = Vec::new();
        for (arrived_at, message) in told {
            let title = message["data"]["task_data"]["title"].as_str().unwrap_or_default();
            let Some(fire_at) = due.get(title) else { continue };
            let times = times.entry(title).or_default();
            *times += 1;
            // A second time is no ring of its own.
            if *times == 1 {
                let us = (*arrived_at - *fire_at).num_microseconds().unwrap_or(i64::MAX);
                late_us.push(u32::try_from(us.max(0)).unwrap_or(u32::MAX));
            }
        }
        Rung {
            set: due.len(),
            missing: due.len() - times.len(),
            repeated: times.values().filter(|times| **times > 1).count(),
            late: Latencies::of(late_us),
        }
    }

    pub(super) fn is_whole(&self) -> bool {
        self.missing == 0 && self.repeated == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(ms).unwrap()
    }

    fn told(title: &str, ms: i64) -> Told {
        (at(ms), json!({"data": {"task_data": {"title": title}}}))
    }

    fn due(titles: &[&str]) -> BTreeMap<String, DateTime<Utc>> {
        titles.iter().map(|title| ((*title).to_owned(), at(1_000))).collect()
    }

    #[test]
    fn a_reminder_is_as_late_as_its_first_coming() {
        let rung = Rung::of(&due(&["a"]), &[told("a", 1_040)]);
        assert!(rung.is_whole());
        assert_eq!(rung.late.percentile(100), Duration::from_millis(40));
    }

    #[test]
    fn what_does_not_come_and_what_comes_twice_is_counted() {
        let rung = Rung::of(
            &due(&["a", "b"]),
            &[told("a", 1_010), told("a", 6_000), told("of others", 1_000)],
        );
        assert_eq!((rung.set, rung.missing, rung.repeated), (2, 1, 1));
        assert_eq!(rung.late.percentile(100), Duration::from_millis(10));
        assert!(!rung.is_whole());
    }
}
