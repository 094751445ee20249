//! The call of the app.

use bytes::Bytes;
use dapr_protocol::jobs::{JobAnswer, JobCallback, JobResponseStatus};
use expect_test::expect;

use crate::{answer, text};

fn callback(name: &str, data: &'static str) -> JobCallback {
    JobCallback { name: name.to_owned(), data: Bytes::from_static(data.as_bytes()) }
}

#[test]
fn the_body_is_the_data_and_nothing_else() {
    let request = callback("r-1", r#"{"a":1}"#).to_http(Some("secret")).expect("a request");
    expect![[r#"
        POST /job/r-1
        content-type: application/json
        content-length: 7
        dapr-api-token: secret
        {"a":1}"#]]
    .assert_eq(&text(&request));
    let request = callback("r-1", "").to_http(None).expect("a request");
    assert_eq!(request.headers()["content-length"], "0");
}

#[test]
fn a_name_comes_through_as_it_was_unless_it_looks_escaped() {
    let received = |name| {
        let request = callback(name, "1").to_http(None).expect("a request");
        JobCallback::read(&request).expect("a callback").name
    };
    for name in ["r-1", "a b", "A.b:c|d@e_f", "ü", "a\"b<c>`d"] {
        assert_eq!(received(name), name);
    }
    assert_eq!(received("a%20b"), "a b");
}

#[test]
fn other_paths_are_about_no_job() {
    for path in ["/job/", "/job", "/jobs/a", "/"] {
        let request = http::Request::post(path).body(Bytes::new()).expect("a request");
        assert_eq!(JobCallback::read(&request), None, "{path}");
    }
}

#[test]
fn each_answer_of_an_app_is_heard_as_it_was_meant() {
    let heard = |status: JobResponseStatus| JobAnswer::read(&status.to_http());
    assert_eq!(heard(JobResponseStatus::Success), JobAnswer::Done);
    assert!(matches!(heard(JobResponseStatus::Retry), JobAnswer::Failed { .. }));
    assert_eq!(JobAnswer::read(&answer(204, "")), JobAnswer::Done);
    assert_eq!(JobAnswer::read(&answer(404, "")), JobAnswer::Unknown);
    let moved = JobAnswer::read(&answer(302, ""));
    assert_eq!(moved, JobAnswer::Failed { reason: "the app answered 302".to_owned() });
}
