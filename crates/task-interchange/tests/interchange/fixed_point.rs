//! A task comes back as it went, in every format.

use task_domain::Task;
use task_interchange::Format;

use crate::random_tasks::Draws;
use crate::support::{entries, tasks, write};

/// Enough that every odd text meets every odd date.
const TASKS: usize = 3_000;

#[test]
fn json_loses_nothing() {
    comes_back(Format::Json);
}

#[test]
fn csv_loses_nothing() {
    comes_back(Format::Csv);
}

#[test]
fn todo_txt_loses_nothing() {
    comes_back(Format::TodoTxt);
}

#[test]
fn icalendar_loses_nothing() {
    comes_back(Format::ICalendar);
}

/// Where the pieces of an upload end makes no difference.
#[test]
fn pieces_of_any_size_read_the_same() {
    let mut draws = Draws::seeded(11);
    let drawn: Vec<Task> = (0..40).map(|_| draws.task()).collect();
    for format in Format::ALL {
        let file = write(format, named(&drawn));
        let whole = entries(format, file.as_bytes(), file.len());
        assert_eq!(whole.len(), drawn.len(), "{format:?}");
        for piece in [1, 2, 3, 7, 64, 1_000] {
            assert_eq!(entries(format, file.as_bytes(), piece), whole, "{format:?} by {piece}");
        }
    }
}

fn comes_back(format: Format) {
    let mut draws = Draws::seeded(7);
    let drawn: Vec<Task> = (0..TASKS).map(|_| draws.task()).collect();
    let file = write(format, named(&drawn));
    let read = tasks(format, &file);
    assert_eq!(read.len(), drawn.len());
    for (at, ((uid, read), drawn)) in read.iter().zip(&drawn).enumerate() {
        assert_eq!(uid.as_deref(), Some(format!("{at}@drawn").as_str()));
        let line = write(format, [("uid".to_owned(), drawn)]);
        assert_eq!(read, drawn, "{format:?}: {line}");
    }
    let read: Vec<Task> = read.into_iter().map(|(_, task)| task).collect();
    assert_eq!(write(format, named(&read)), file);
}

fn named(tasks: &[Task]) -> impl Iterator<Item = (String, &Task)> {
    tasks.iter().enumerate().map(|(at, task)| (format!("{at}@drawn"), task))
}
