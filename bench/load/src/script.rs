//! What a connection asks for, request after request, on the API that all sides share.

use std::collections::VecDeque;

use bytes::Bytes;
use http::Method;
use serde_json::Value;

use crate::client::Ask;
use crate::measure::Asking;

const TASK: &str = r#"{"title":"Water plants","description":"The ones on the balcony too",
    "priority":"high","tags":["home","plants"],"due_at":"2027-01-31T09:00:00Z",
    "recurrence":"monthly"}"#;
const RENAMED: &str = r#"{"title":"Water the plants","priority":"medium"}"#;

const TASKS: &str = "/api/me/tasks";
const PAGE: &str = "/api/me/tasks?limit=20";

/// One step of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    List,
    Create,
    /// The task that this connection created last.
    Get,
    Rename,
    /// The oldest task of this connection's own that is still open.
    Complete,
}

/// Half of what people do is looking; what they change, they have just looked at.
pub(crate) const MIXED: [Step; 10] = [
    Step::Create,
    Step::List,
    Step::Get,
    Step::List,
    Step::Rename,
    Step::List,
    Step::Get,
    Step::List,
    Step::Complete,
    Step::List,
];

/// Four events for three requests: a completion is one, and its next occurrence another.
pub(crate) const RECURRING: [Step; 3] = [Step::Create, Step::Create, Step::Complete];
pub(crate) const EVENTS_PER_RECURRING: u32 = 4;

/// A connection's place in its script, and the tasks it may ask for.
pub(crate) struct Script {
    steps: &'static [Step],
    at: usize,
    /// What was asked last and is not answered yet.
    asked: Step,
    open: VecDeque<i64>,
    newest: i64,
    pub(crate) created: u64,
    pub(crate) completed: u64,
}

impl Script {
    /// One for each connection. They begin at different steps, so that not all create at once.
    pub(crate) fn for_all(connections: usize, steps: &'static [Step]) -> Vec<Self> {
        (0..connections).map(|place| Script::beginning_at(place, steps)).collect()
    }

    fn beginning_at(at: usize, steps: &'static [Step]) -> Self {
        Script {
            steps,
            at,
            asked: Step::Create,
            open: VecDeque::new(),
            newest: 0,
            created: 0,
            completed: 0,
        }
    }

    /// Whoever has no task yet creates one instead.
    fn step(&self) -> Step {
        match self.steps[self.at % self.steps.len()] {
            Step::Get | Step::Rename if self.newest == 0 => Step::Create,
            Step::Complete if self.open.is_empty() => Step::Create,
            step => step,
        }
    }
}

impl Asking for Script {
    fn next(&mut self) -> Ask {
        self.asked = self.step();
        match self.asked {
            Step::List => Ask::get(PAGE),
            Step::Create => Ask::post(TASKS, TASK),
            Step::Get => Ask::get(format!("{TASKS}/{}", self.newest)),
            Step::Rename => Ask {
                method: Method::PATCH,
                ..Ask::post(format!("{TASKS}/{}", self.newest), RENAMED)
            },
            Step::Complete => {
                let oldest = self.open.front().copied().unwrap_or(self.newest);
                Ask::post(format!("{TASKS}/{oldest}/complete"), "")
            }
        }
    }

    fn answered(&mut self, body: &Bytes) {
        match self.asked {
            Step::Create => {
                self.created += 1;
                let task: Option<Value> = serde_json::from_slice(body).ok();
                if let Some(id) = task.and_then(|task| task["id"].as_i64()) {
                    self.newest = id;
                    self.open.push_back(id);
                }
            }
            Step::Complete => {
                self.completed += 1;
                self.open.pop_front();
            }
            Step::List | Step::Get | Step::Rename => {}
        }
        self.at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_asks_for_the_tasks_that_it_created() {
        let mut script = Script::beginning_at(0, &RECURRING);
        let mut asked = Vec::new();
        for answer in [r#"{"id":7}"#, r#"{"id":8}"#, "{}", r#"{"id":10}"#, r#"{"id":11}"#, "{}"] {
            let ask = script.next();
            asked.push(format!("{} {}", ask.method, ask.path));
            script.answered(&Bytes::from(answer));
        }
        let create = "POST /api/me/tasks";
        let complete = |id: i64| format!("POST /api/me/tasks/{id}/complete");
        assert_eq!(asked, [create, create, &complete(7), create, create, &complete(8)]);
        assert_eq!((script.created, script.completed), (4, 2));
    }

    #[test]
    fn whoever_has_no_task_creates_one() {
        let mut scripts = Script::for_all(RECURRING.len(), &RECURRING);
        let first = scripts.iter_mut().map(|script| script.next().path);
        assert!(first.into_iter().all(|path| path == TASKS));
        let last = scripts.last_mut().unwrap();
        last.answered(&Bytes::from(r#"{"id":1}"#));
        assert_eq!((last.created, last.completed), (1, 0));
    }

    #[test]
    fn half_of_the_mixed_requests_are_lists() {
        let lists = MIXED.iter().filter(|step| **step == Step::List).count();
        assert_eq!(lists * 2, MIXED.len());
    }
}
