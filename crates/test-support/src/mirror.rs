//! A copy of a user's tasks, made of changes alone, as a device keeps it. Knows the items of the
//! change feed, and not how they come.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::client::Client;

/// The largest that the feed gives.
const PAGE: u32 = 500;

/// Begins as the copy of a user who has done nothing.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    seq: u64,
    tasks: BTreeMap<u64, Value>,
}

/// What became of a change that was shown to a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reflected {
    /// It was the next one.
    Yes,
    /// It was there already.
    Known,
    /// Others are missing before it.
    Gap,
}

impl Mirror {
    /// The last change it has; 0 before the first.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The tasks by their numbers.
    pub fn tasks(&self) -> Vec<Value> {
        self.tasks.values().cloned().collect()
    }

    pub fn reflect(&mut self, change: &Value) -> Reflected {
        let number = |name: &str| {
            change[name].as_u64().unwrap_or_else(|| panic!("{change} is no change: no {name}"))
        };
        match number("seq") {
            seq if seq <= self.seq => return Reflected::Known,
            seq if seq > self.seq + 1 => return Reflected::Gap,
            seq => self.seq = seq,
        }
        match change["change"].as_str() {
            Some("upsert") => self.tasks.insert(number("task_id"), change["task"].clone()),
            Some("delete") => self.tasks.remove(&number("task_id")),
            _ => panic!("{change} is no change"),
        };
        Reflected::Yes
    }

    /// Takes in what the change feed has after the last change here.
    #[track_caller]
    pub fn catch_up(&mut self, client: &Client) {
        self.follow(client, PAGE);
    }

    /// The same with a page for each change: every cursor is one that it resumes from.
    #[track_caller]
    pub fn catch_up_step_by_step(&mut self, client: &Client) {
        self.follow(client, 1);
    }

    #[track_caller]
    fn follow(&mut self, client: &Client, limit: u32) {
        loop {
            let path = format!("/api/me/changes?limit={limit}&after={}", self.seq);
            let page = client.get(&path).expect(200).json();
            for change in page["changes"].as_array().into_iter().flatten() {
                assert_eq!(self.reflect(change), Reflected::Yes, "after {}: {change}", self.seq);
            }
            if Some(self.seq) >= page["seq"].as_u64() {
                return;
            }
        }
    }

    /// Panics unless it shows what the server does.
    #[track_caller]
    pub fn assert_equals_server(&self, client: &Client) {
        assert_eq!(self.seq, client.seq());
        let mut tasks = client.tasks();
        tasks.sort_by_key(|task| task["id"].as_u64());
        assert_eq!(self.tasks(), tasks);
    }
}
