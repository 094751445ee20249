//! The text of a stream of server-sent events.

use std::fmt::Write;

use task_contracts::events::TaskSync;

use crate::limits::SYNC_RETRY_AFTER;

/// Keeps proxies and mobile networks from taking a quiet connection for a dead one.
pub(super) const HEARTBEAT: &str = ":\n\n";

/// The first words. The bare id raises no event, but a client that is cut off before the first
/// change knows from it where to go on.
pub(super) fn opening(seq: u64) -> String {
    format!("retry: {}\nid: {seq}\n\n", SYNC_RETRY_AFTER.as_millis())
}

/// One change, the same as an item of the change feed. JSON text has no line breaks of its own.
pub(super) fn push_change(frames: &mut String, change: &TaskSync) -> serde_json::Result<()> {
    let data = serde_json::to_string(change)?;
    // Writing to a String cannot fail.
    let _ = write!(frames, "id: {}\nevent: change\ndata: {data}\n\n", change.seq);
    Ok(())
}

/// The client's position is not kept any more: it has to list anew, and follows from `seq`.
pub(super) fn reset(seq: u64) -> String {
    format!("id: {seq}\nevent: reset\ndata: {{\"seq\":{seq}}}\n\n")
}

#[cfg(test)]
mod tests {
    use task_contracts::events::SyncChange;

    use super::*;

    #[test]
    fn frames_are_what_browsers_read() {
        assert_eq!(opening(4), "retry: 1000\nid: 4\n\n");
        assert_eq!(reset(9), "id: 9\nevent: reset\ndata: {\"seq\":9}\n\n");
        let mut frames = String::new();
        for seq in [5, 6] {
            let change = TaskSync { seq, change: SyncChange::Delete, task_id: 2, task: None };
            push_change(&mut frames, &change).expect("JSON");
        }
        let data =
            |seq| format!("{{\"seq\":{seq},\"change\":\"delete\",\"task_id\":2,\"task\":null}}");
        let frame = |seq| format!("id: {seq}\nevent: change\ndata: {}\n\n", data(seq));
        assert_eq!(frames, frame(5) + &frame(6));
    }
}
