//! The event of a created task, in the shape the app gives it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::task::Task;

/// A bit for each of the two topics, as the app marks what is still to publish.
pub(crate) const PENDING: i64 = 0b101;
pub(crate) const TOPICS: [&str; 2] = ["task-events", "task-updates"];

/// The envelope that is stored with the task.
pub(crate) fn created(id: Uuid, user: Uuid, seq: i64, task: &Task) -> Value {
    json!({
        "specversion": "1.0",
        "id": id,
        "source": "taskmaster/task-api",
        "type": "task.created",
        "subject": format!("users/{user}/tasks/{}", task.id),
        "time": task.created_at,
        "datacontenttype": "application/json",
        "sequence": seq.to_string(),
        "data": {
            "event_type": "task.created",
            "event_id": id,
            "schema_version": "1.0",
            "user_id": user,
            "task_id": task.id,
            "timestamp": task.created_at,
            "sequence": seq,
            "correlation_id": id,
            "task_data": task,
        },
    })
}

/// The copy for followers of the change feed: the same task, a smaller envelope.
pub(crate) fn sync_copy(event: &Value) -> Value {
    let id = event["id"].as_str().and_then(|id| Uuid::parse_str(id).ok()).unwrap_or_default();
    let data = &event["data"];
    json!({
        "specversion": "1.0",
        "id": Uuid::new_v5(&id, TOPICS[1].as_bytes()),
        "source": event["source"],
        "type": "task.sync",
        "subject": event["subject"],
        "time": event["time"],
        "datacontenttype": "application/json",
        "sequence": event["sequence"],
        "data": {
            "seq": data["sequence"],
            "change": "upsert",
            "task_id": data["task_id"],
            "task": data["task_data"],
        },
    })
}
