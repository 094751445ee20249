//! What a model is asked, in both spellings.

use dapr_protocol::conversation::{Content, Conversation, Input, Message};
use serde_json::json;

use crate::dapr;

#[test]
fn a_conversation_is_spelt_in_camel_case_and_says_only_what_was_stated() {
    let content = vec![Content { text: "hi".to_owned() }];
    let conversation = Conversation {
        inputs: vec![Input { messages: vec![Message::OfUser { content }] }],
        ..Conversation::default()
    };
    let request = conversation.to_http(&dapr(), "model").expect("a request");
    assert_eq!(request.uri().path(), "/v1.0-alpha2/conversation/model/converse");
    let body: serde_json::Value = serde_json::from_slice(request.body()).expect("JSON");
    let expected = json!({"inputs": [{"messages": [{"ofUser": {"content": [{"text": "hi"}]}}]}]});
    assert_eq!(body, expected);
}

#[test]
fn either_spelling_of_a_field_is_read_and_unknown_ones_are_not_minded() {
    let snake = json!({
        "context_id": "c",
        "inputs": [{"messages": [
            {"of_assistant": {"tool_calls": [{"id": "1", "function": {"name": "f"}}]}},
            {"of_tool": {"tool_id": "1", "name": "f", "content": [{"text": "3"}]}},
        ], "scrub_pii": true}],
        "tool_choice": "auto",
    });
    let camel = json!({
        "contextId": "c",
        "inputs": [{"messages": [
            {"ofAssistant": {"toolCalls": [{"id": "1", "function": {"name": "f"}}]}},
            {"ofTool": {"toolId": "1", "name": "f", "content": [{"text": "3"}]}},
        ]}],
        "toolChoice": "auto",
    });
    let read = |body: serde_json::Value| {
        Conversation::read("model", body.to_string().as_bytes()).expect("readable")
    };
    assert_eq!(read(snake), read(camel));
}
