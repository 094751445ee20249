//! The change feed: whoever replays it has the same tasks as whoever lists them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use test_support::{Client, eventually};

use super::{app_with_user, end};

/// A device that knows nothing but the feed.
#[derive(Default)]
struct Replica {
    tasks: BTreeMap<u64, Value>,
    seq: u64,
}

impl Replica {
    /// Reads on from where it is, in pages, and checks that no change is missing.
    #[track_caller]
    fn catch_up(&mut self, client: &Client) {
        loop {
            let path = format!("/api/me/changes?after={}&limit=3", self.seq);
            let feed = client.get(&path).expect(200).json();
            for change in feed["changes"].as_array().into_iter().flatten() {
                self.apply(change);
            }
            if feed["seq"] == self.seq {
                return;
            }
        }
    }

    #[track_caller]
    fn apply(&mut self, change: &Value) {
        self.seq += 1;
        assert_eq!(change["seq"], self.seq, "a change is missing");
        let id = change["task_id"].as_u64().expect("a task's id");
        match change["change"].as_str() {
            Some("upsert") => drop(self.tasks.insert(id, change["task"].clone())),
            Some("delete") => {
                assert_eq!(change["task"], Value::Null);
                self.tasks.remove(&id);
            }
            other => panic!("an unknown change {other:?}"),
        }
    }
}

#[test]
fn replaying_the_changes_gives_what_the_list_shows() {
    let (app, client) = app_with_user();
    let mut replica = Replica::default();
    replica.catch_up(&client);
    let first = client.create(json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    }));
    let second = client.create(json!({"title": "Once"}));
    client.change(&second["id"], json!({"title": "Only once", "tags": ["a"]}));
    replica.catch_up(&client);
    assert_eq!(replica.tasks.len(), 2);

    client.complete(&first["id"]);
    let next = eventually("a next instance", || client.next_instance(&first));
    client.change(&next["id"], json!({"priority": "high"}));
    client.delete(&second["id"]);
    let third = client.create(json!({"title": "Undone"}));
    client.complete(&third["id"]);
    client.reopen(&third["id"]);
    replica.catch_up(&client);

    let listed: Vec<Value> = client.tasks();
    assert_eq!(replica.tasks.values().cloned().collect::<Vec<_>>(), listed);
    let page = client.get("/api/me/tasks").expect(200).json();
    assert_eq!(page["seq"], replica.seq);
    end(app);
}

#[test]
fn a_feed_that_is_up_to_date_is_empty_and_a_wrong_position_is_named() {
    let (app, client) = app_with_user();
    client.create(json!({"title": "One"}));
    let feed = client.get("/api/me/changes?after=1").expect(200).json();
    assert_eq!(feed, json!({"changes": [], "seq": 1}));
    let refused = client.get("/api/me/changes?after=minus").expect(422);
    assert_eq!(refused.problem_fields(), ["after"]);
    client.get("/api/me/changes?limit=501").expect(422);
    end(app);
}
