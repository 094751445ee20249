//! The tasks that a person knows of and nobody works on at the moment. Whoever works on one takes
//! it out, so that each task sees one write at a time and every answer can be foretold.

use std::collections::BTreeSet;
use std::time::Instant;

use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::Value;

/// A task as it was last seen.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) number: i64,
    pub(crate) task: Value,
    /// Nobody touches it before, so that it gets to ring.
    pub(crate) left_alone_until: Option<Instant>,
}

#[derive(Debug, Default)]
pub(crate) struct Book {
    open: Vec<Known>,
    completed: Vec<Known>,
    met: BTreeSet<i64>,
    /// Deleted, by whomever.
    gone: BTreeSet<i64>,
}

impl Known {
    pub(crate) fn of(task: Value) -> Self {
        let number = task["id"].as_i64().unwrap_or_default();
        Known { number, task, left_alone_until: None }
    }

    pub(crate) fn version(&self) -> i64 {
        self.task["version"].as_i64().unwrap_or_default()
    }

    fn is_recurring(&self) -> bool {
        self.task["recurrence"].is_object()
    }

    fn is_left_alone(&self) -> bool {
        self.left_alone_until.is_some_and(|until| Instant::now() < until)
    }

    /// Made by the app itself, which may take it back when its predecessor is reopened.
    pub(crate) fn is_next_instance(&self) -> bool {
        self.task["occurrence"].as_i64() > Some(1)
    }
}

impl Book {
    /// Takes one in that is new here: made by this person, or by the app.
    pub(crate) fn meet(&mut self, known: Known) {
        if self.met.insert(known.number) {
            self.put_back(known);
        }
    }

    pub(crate) fn put_back(&mut self, known: Known) {
        if self.gone.contains(&known.number) {
            return;
        }
        if known.task["completed"] == true {
            self.completed.push(known);
        } else {
            self.open.push(known);
        }
    }

    /// Somebody deleted it.
    pub(crate) fn forget(&mut self, number: i64) {
        self.gone.insert(number);
        self.open.retain(|known| known.number != number);
        self.completed.retain(|known| known.number != number);
    }

    pub(crate) fn take_open(&mut self, dice: &mut StdRng) -> Option<Known> {
        take(&mut self.open, dice, |_| true)
    }

    pub(crate) fn take_completed(&mut self, dice: &mut StdRng) -> Option<Known> {
        take(&mut self.completed, dice, |_| true)
    }

    pub(crate) fn take_recurring(&mut self, dice: &mut StdRng) -> Option<Known> {
        take(&mut self.open, dice, Known::is_recurring)
    }
}

fn take(
    tasks: &mut Vec<Known>,
    dice: &mut StdRng,
    suits: impl Fn(&Known) -> bool,
) -> Option<Known> {
    let is_there = |at: &usize| !tasks[*at].is_left_alone() && suits(&tasks[*at]);
    let places: Vec<usize> = (0..tasks.len()).filter(is_there).collect();
    let chosen = (!places.is_empty()).then(|| places[dice.random_range(0..places.len())])?;
    Some(tasks.swap_remove(chosen))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::dice::{Part, generator};

    fn known(number: i64, completed: bool) -> Known {
        Known::of(json!({"id": number, "version": 1, "completed": completed}))
    }

    #[test]
    fn a_task_is_out_while_it_is_worked_on_and_does_not_return_once_it_is_gone() {
        let mut dice = generator(1, Part::Arrivals);
        let mut book = Book::default();
        book.meet(known(1, false));
        book.meet(known(1, false));
        let taken = book.take_open(&mut dice).expect("one");
        assert!(book.take_open(&mut dice).is_none());
        book.forget(1);
        book.put_back(taken);
        assert!(book.take_open(&mut dice).is_none());
    }

    #[test]
    fn what_is_left_alone_or_does_not_suit_is_not_taken() {
        let mut dice = generator(1, Part::Arrivals);
        let mut book = Book::default();
        let mut resting = known(1, false);
        resting.left_alone_until = Some(Instant::now() + std::time::Duration::from_secs(60));
        book.meet(resting);
        book.meet(known(2, false));
        assert!(book.take_recurring(&mut dice).is_none());
        assert_eq!(book.take_open(&mut dice).expect("one").number, 2);
        assert!(book.take_open(&mut dice).is_none());
    }

    #[test]
    fn completed_tasks_are_told_from_open_ones() {
        let mut dice = generator(1, Part::Arrivals);
        let mut book = Book::default();
        book.meet(known(1, true));
        assert!(book.take_open(&mut dice).is_none());
        assert_eq!(book.take_completed(&mut dice).expect("one").number, 1);
    }
}
