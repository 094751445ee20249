//! A completed task comes again, whatever carries the events.

use serde_json::json;
use test_support::eventually;

use crate::stage::Stage;

/// Each last day of a month, whatever the month before it had.
const DUE: [&str; 3] = ["2027-02-28T09:00:00Z", "2027-03-31T09:00:00Z", "2027-04-30T09:00:00Z"];

pub(super) fn play(stage: &mut Stage) -> String {
    let client = stage.person("main-job");
    let mut task = client.create(json!({
        "title": "Water plants", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    }));
    for due in DUE {
        client.complete(&task["id"]);
        task = eventually("the next instance", || client.next_instance(&task));
        assert_eq!(task["due_at"], due);
    }
    stage.settle();
    assert_eq!(client.tasks().len(), 1 + DUE.len());
    format!("{} next instances", DUE.len())
}
