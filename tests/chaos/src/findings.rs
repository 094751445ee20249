//! What is found broken: the invariant, the task it shows in, and the words for it. Knows no
//! invariant's contents.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use test_support::invariants::Invariant;

/// A task of the whole system: its number counts within its user.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TaskKey {
    pub(crate) user: String,
    pub(crate) number: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Violation {
    pub(crate) invariant: Invariant,
    pub(crate) task: Option<TaskKey>,
    pub(crate) what: String,
}

/// Everything found so far, by whichever thread.
#[derive(Debug, Default)]
pub(crate) struct Findings(Mutex<Vec<Violation>>);

impl TaskKey {
    pub(crate) fn new(user: &str, number: i64) -> Self {
        TaskKey { user: user.to_owned(), number }
    }
}

impl fmt::Display for TaskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "users/{}/tasks/{}", self.user, self.number)
    }
}

impl Findings {
    pub(crate) fn of_task(&self, invariant: Invariant, task: TaskKey, what: String) {
        self.all().push(Violation { invariant, task: Some(task), what });
    }

    pub(crate) fn of_all(&self, invariant: Invariant, what: String) {
        self.all().push(Violation { invariant, task: None, what });
    }

    pub(crate) fn count(&self) -> usize {
        self.all().len()
    }

    pub(crate) fn of(&self, invariant: Invariant) -> usize {
        self.all().iter().filter(|violation| violation.invariant == invariant).count()
    }

    pub(crate) fn all(&self) -> MutexGuard<'_, Vec<Violation>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
