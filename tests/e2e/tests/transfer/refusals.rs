//! What is wrong with a file is told by line, and harms nothing else.

use serde_json::json;
use test_support::{App, Call};

use super::upload::Upload;
use super::{figures, import};

const TOO_LARGE: usize = 64 * 1024 * 1024 + 1;

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    let app = App::start();
    let client = app.client().sign_up("dry@example.org");
    let file = "Call Mom\nCall Dad due:tomorrow\nTea rec:1d\n";
    let report = import(&client, "format=todotxt&dry_run", file);
    assert_eq!(figures(&report), [1, 0, 2]);
    assert_eq!(report["dry_run"], true);
    let lines: Vec<_> = report["errors"].as_array().expect("errors").iter().collect();
    assert_eq!(lines[0]["line"], 2);
    assert_eq!(lines[0]["field"], "due");
    assert_eq!(lines[0]["detail"], "`tomorrow` is not a date such as 2027-03-22");
    assert_eq!(lines[1]["line"], 3);
    assert_eq!(client.tasks().len(), 0);
    let imports = client.get("/api/me/imports").expect(200).json();
    assert_eq!(imports["imports"], json!([]));
    app.stop();
}

#[test]
fn a_bad_line_keeps_no_other_line_out() {
    let app = App::start();
    let client = app.client().sign_up("lines@example.org");
    let good_and_bad = "Good\nBad due:never\n".repeat(300);
    let report = import(&client, "format=todotxt", &good_and_bad);
    assert_eq!(figures(&report), [300, 0, 300]);
    let errors = report["errors"].as_array().expect("errors");
    assert_eq!(errors.len(), 100, "the first ones");
    assert_eq!(errors[99]["line"], 200);
    let id = report["id"].as_str().expect("an id");
    let kept = client.get(&format!("/api/me/imports/{id}")).expect(200).json();
    assert_eq!(figures(&kept), [300, 0, 300]);
    assert_eq!(kept["state"], "done");
    assert_eq!(kept["errors"], report["errors"]);
    app.settle();
    app.stop();
}

#[test]
fn a_request_that_cannot_be_understood_is_told_why() {
    let app = App::start();
    let client = app.client().sign_up("refused@example.org");
    let upload = |query: &str, media_type: &str| {
        let call = Call::new("POST", &format!("/api/me/import?{query}"));
        client.call(call.header("content-type", media_type).bytes(b"Call Mom".to_vec()))
    };
    for (query, media_type, field) in [
        ("", "text/plain", "format"),
        ("format=xml", "text/plain", "format"),
        ("format=json&dry_run=maybe", "application/json", "dry_run"),
        ("format=json&id=7", "application/json", "id"),
    ] {
        let refused = upload(query, media_type).expect(422);
        assert_eq!(refused.problem_fields(), [field], "{query}");
    }
    assert_eq!(upload("", "text/csv").expect(200).json()["format"], "csv");
    assert_eq!(client.get("/api/me/export?format=xml").expect(422).problem_fields(), ["format"]);
    client.get("/api/me/imports/7").expect(404);
    client.get("/api/me/imports/0198a0c0-0000-7000-8000-000000000001").expect(404);
    client.anonymous().get("/api/me/export").expect(401);
    app.stop();
}

/// Announced or not: what is too large is refused, and not read to its end.
#[test]
fn more_than_sixty_four_mebibytes_are_refused() {
    let app = App::start();
    let client = app.client().sign_up("large@example.org");
    let announced = Upload::begin(&client, "format=todotxt", Some(TOO_LARGE)).answer();
    assert_eq!(announced.status, 413, "{}", announced.body);

    let mut chunked = Upload::begin(&client, "format=todotxt", None);
    let line = format!("{}\n", "word ".repeat(12 * 1024));
    while chunked.has_sent() < TOO_LARGE {
        let rest = TOO_LARGE - chunked.has_sent();
        chunked.send(&line.as_bytes()[..rest.min(line.len())]).expect("the app listens");
    }
    let refused = chunked.answer();
    assert_eq!(refused.status, 413, "{}", refused.body);
    assert_eq!(client.tasks().len(), 0, "its titles were too long, too");
    app.stop();
}
