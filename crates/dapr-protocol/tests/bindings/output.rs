//! Calling an output binding.

use std::collections::BTreeMap;

use bytes::Bytes;
use dapr_protocol::bindings::{BindingCall, BindingOutcome, BindingResponse, InvokeBinding};
use expect_test::expect;
use serde_json::json;

use crate::{answer, dapr, text};

fn metadata(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn a_call_names_operation_data_and_metadata() {
    let call = InvokeBinding {
        name: "my mail".to_owned(),
        operation: "create".to_owned(),
        data: Some(json!("<p>Hello</p>")),
        metadata: metadata(&[("emailTo", "a@example.org")]),
    };
    expect![[r#"
        POST http://localhost:3500/v1.0/bindings/my%20mail
        content-type: application/json
        content-length: 83
        {"operation":"create","data":"<p>Hello</p>","metadata":{"emailTo":"a@example.org"}}"#]]
    .assert_eq(&text(&call.to_http(&dapr()).expect("a request")));
}

#[test]
fn what_is_not_set_is_not_sent() {
    let call = InvokeBinding { operation: "get".to_owned(), ..InvokeBinding::default() };
    let request = call.to_http(&dapr()).expect("a request");
    assert_eq!(request.body(), r#"{"operation":"get"}"#);
}

#[test]
fn metadata_of_an_answer_are_headers_in_either_case() {
    let said = BindingResponse {
        data: Bytes::from_static(b"{}"),
        metadata: metadata(&[("statusCode", "200"), ("bad name", "x"), ("bad", "a\nb")]),
    };
    let BindingOutcome::Invoked(heard) = BindingOutcome::read(&said.to_http()) else {
        panic!("refused")
    };
    assert_eq!(heard.data, "{}");
    assert_eq!(heard.metadata, metadata(&[("statuscode", "200")]));
    let refused = said.to_refusal("mail", "received status code 500");
    assert_eq!(refused.headers()["metadata.statuscode"], "200");
    let BindingOutcome::Refused(refusal) = BindingOutcome::read(&refused) else {
        panic!("invoked")
    };
    assert_eq!((refusal.status, refusal.code.as_str()), (500, "ERR_INVOKE_OUTPUT_BINDING"));
    assert!(refusal.message.ends_with("mail: received status code 500"), "{}", refusal.message);
}

#[test]
fn a_component_with_nothing_to_say_answers_204() {
    let response = BindingResponse::default().to_http();
    assert_eq!(response.status(), 204);
    let heard = BindingOutcome::read(&answer(204, ""));
    assert_eq!(heard, BindingOutcome::Invoked(BindingResponse::default()));
}

#[test]
fn the_component_is_handed_json_text() {
    let text = |body: &str| BindingCall::read(body.as_bytes()).expect("a call").data_text();
    assert_eq!(text(r#"{"operation":"create","data":"hi"}"#), r#""hi""#);
    assert_eq!(text(r#"{"data":{"b":1,"a":[null]},"unknown":1}"#), r#"{"a":[null],"b":1}"#);
    assert_eq!(text(r#"{"operation":null,"data":null,"metadata":null}"#), "");
    let refused = BindingCall::read(b"[").expect_err("no call");
    assert_eq!(refused.error_code, "ERR_MALFORMED_REQUEST");
}
