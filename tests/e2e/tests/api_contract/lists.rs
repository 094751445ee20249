//! Reading many tasks: pages, filters, orders, figures, histories.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use test_support::{Client, eventually};

use super::{app_with_user, end, titles};

/// Four tasks that differ in everything one can filter and sort by. The app runs on the real
/// clock, so due dates lie far from now on either side.
fn four_tasks(client: &Client) {
    for body in [
        json!({"title": "banana", "priority": "low", "tags": ["fruit"]}),
        json!({
            "title": "Apple", "priority": "urgent", "tags": ["fruit", "red"],
            "due_at": "2020-01-01T00:00:00Z",
        }),
        json!({"title": "cherry", "priority": "high", "due_at": "2099-01-01T00:00:00Z"}),
        json!({
            "title": "Date", "description": "a fruit with a pit", "completed": true,
            "due_at": "2021-01-01T00:00:00Z",
        }),
    ] {
        client.create(body);
    }
}

#[track_caller]
fn check(client: &Client, query: &str, expected: &[&str]) {
    let page = client.get(&format!("/api/me/tasks?{query}")).expect(200).json();
    assert_eq!(titles(&page), expected, "{query}");
    assert_eq!(page["total"], expected.len(), "{query}");
    assert_eq!(page["next_cursor"], Value::Null, "{query}");
}

#[test]
fn filters_and_orders_do_what_their_names_say() {
    let (app, client) = app_with_user();
    four_tasks(&client);
    for (query, expected) in [
        ("", &["banana", "Apple", "cherry", "Date"][..]),
        ("status=pending", &["banana", "Apple", "cherry"]),
        ("status=completed", &["Date"]),
        ("filter=incomplete&sort=title", &["Apple", "banana", "cherry"]),
        ("filter=complete", &["Date"]),
        ("filter=overdue", &["Apple"]),
        ("filter=no-deadline", &["banana"]),
        ("priority=high", &["cherry"]),
        ("tag=fruit", &["banana", "Apple"]),
        ("search=FRUIT", &["banana", "Apple", "Date"]),
        ("search=err", &["cherry"]),
        ("due_before=2020-06-01T00:00:00Z", &["Apple"]),
        ("due_after=2020-06-01T00:00:00Z", &["cherry", "Date"]),
        ("sort=created_desc", &["Date", "cherry", "Apple", "banana"]),
        ("sort=title", &["Apple", "banana", "cherry", "Date"]),
        ("sort=title_desc", &["Date", "cherry", "banana", "Apple"]),
        ("sort=due_date", &["Apple", "Date", "cherry", "banana"]),
        ("sort=deadline_desc", &["cherry", "Date", "Apple", "banana"]),
        ("sort=priority_desc", &["Apple", "cherry", "Date", "banana"]),
    ] {
        check(&client, query, expected);
    }
    end(app);
}

#[test]
fn pages_hold_every_task_once_in_every_order() {
    let (app, client) = app_with_user();
    let expected: BTreeSet<String> = (0..25).map(|number| format!("Task {number:02}")).collect();
    for (title, number) in expected.iter().zip(0..) {
        // Ties in every sort key, so that a page has to break them by itself.
        let due = (number % 3 > 0).then(|| format!("2027-01-0{}T09:00:00Z", number % 3));
        let priority = ["low", "high"][number % 2];
        client.create(json!({"title": title, "due_at": due, "priority": priority}));
    }
    for sort in ["created", "title_desc", "due_date", "due_date_desc", "priority", "priority_desc"]
    {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let path = format!("/api/me/tasks?sort={sort}&limit=4&cursor={cursor}");
            let page = client.get(&path).expect(200).json();
            assert_eq!(page["total"], expected.len());
            assert_eq!(page["seq"], expected.len());
            found.extend(titles(&page).into_iter().map(str::to_owned));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found.len(), expected.len(), "{sort}");
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected, "{sort}");
    }
    end(app);
}

#[test]
fn wrong_parameters_are_named() {
    let (app, client) = app_with_user();
    for (query, field) in [
        ("status=done", "status"),
        ("sort=colour", "sort"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("priority=extreme", "priority"),
        ("due_before=tomorrow", "due_before"),
        ("cursor=broken", "cursor"),
    ] {
        let refused = client.get(&format!("/api/me/tasks?{query}")).expect(422);
        assert_eq!(refused.problem_fields(), [field], "{query}");
    }
    let hours = client.get("/api/me/tasks/upcoming?hours=0").expect(422);
    assert_eq!(hours.problem_fields(), ["hours"]);
    end(app);
}

#[test]
fn figures_count_what_the_lists_show() {
    let (app, client) = app_with_user();
    four_tasks(&client);
    let stats = client.get("/api/me/tasks/stats").expect(200).json();
    assert_eq!(
        stats,
        json!({
            "total": 4, "completed": 1, "pending": 3, "incomplete": 3, "overdue": 1,
            "due_today": 0, "upcoming_24h": 0, "no_due_date": 1, "no_deadline": 1,
        })
    );
    let overdue = client.get("/api/me/tasks/overdue").expect(200).json();
    assert_eq!((titles(&overdue), &overdue["count"]), (vec!["Apple"], &json!(1)));
    let upcoming = client.get("/api/me/tasks/upcoming").expect(200).json();
    assert_eq!((titles(&upcoming), &upcoming["count"]), (vec![], &json!(0)));
    end(app);
}

#[test]
fn the_history_of_a_series_starts_with_its_latest_instance() {
    let (app, client) = app_with_user();
    let mut task = client.create(json!({
        "title": "Again", "due_at": "2027-01-31T09:00:00Z", "recurrence": "monthly",
    }));
    for _ in 0..2 {
        client.complete(&task["id"]);
        task = eventually("a next instance", || client.next_instance(&task));
    }
    let path = format!("/api/me/tasks/{}/history", task["id"]);
    let history = client.get(&path).expect(200).json();
    assert_eq!(history["task_id"], task["id"]);
    assert_eq!(history["series_id"], task["series_id"]);
    let occurrences = history["occurrences"].as_array().cloned().unwrap_or_default();
    let told: Vec<String> = occurrences
        .iter()
        .map(|task| format!("{} {}", task["occurrence"], task["completed"]))
        .collect();
    assert_eq!(told, ["3 false", "2 true", "1 true"]);
    client.get("/api/me/tasks/99/history").expect(404);
    end(app);
}
