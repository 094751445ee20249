//! `conversation.echo`.

use serde_json::{Value, json};

use crate::engine::{Answer, Engine, Sidecar};

const ECHO: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: echo}
spec: {type: conversation.echo, version: v1}
";

const PATH: &str = "/v1.0-alpha2/conversation/echo/converse";

async fn started(engine: &Engine) -> Sidecar {
    engine.start(ECHO, &engine.content_app()).await
}

fn says(text: &str) -> Value {
    json!({"ofUser": {"content": [{"text": text}]}})
}

pub(crate) async fn it_says_what_it_was_told(engine: &Engine) {
    let sidecar = started(engine).await;
    let system = json!({"ofSystem": {"content": [{"text": "Be brief."}]}});
    let body = json!({"contextId": "c", "inputs": [{"messages": [system, says("Hello there.")]}]});
    let answer = sidecar.post_json(PATH, &body).await;
    assert_eq!(answer.status(), 200);
    let expected = json!({
        "contextId": "c",
        "outputs": [{
            "choices": [{
                "finishReason": "stop",
                "message": {"content": "Be brief.\nHello there."},
            }],
            "usage": {"promptTokens": "4", "completionTokens": "4", "totalTokens": "8"},
        }],
    });
    assert_eq!(answer.json(), expected);
}

pub(crate) async fn it_calls_every_tool_it_is_offered(engine: &Engine) {
    let sidecar = started(engine).await;
    let parameters = json!({"type": "object", "properties": {"b": {}, "a": {}}});
    let function = json!({"name": "add", "description": "adds", "parameters": parameters});
    let body = json!({
        "inputs": [{"messages": [says("1 and 2")]}],
        "tools": [{"function": function}],
        "toolChoice": "add",
    });
    let answer = sidecar.post_json(PATH, &body).await.json();
    let choice = &answer["outputs"][0]["choices"][0];
    assert_eq!(choice["finishReason"], "tool_calls");
    let call = json!([{"id": "0", "function": {"name": "add", "arguments": "a,b"}}]);
    assert_eq!(choice["message"]["toolCalls"], call);
}

pub(crate) async fn it_shows_what_tools_answered(engine: &Engine) {
    let sidecar = started(engine).await;
    let tool = json!({"ofTool": {"toolId": "7", "name": "add", "content": [{"text": "3"}]}});
    let body = json!({"inputs": [{"messages": [tool]}]});
    let answer = sidecar.post_json(PATH, &body).await.json();
    let content = &answer["outputs"][0]["choices"][0]["message"]["content"];
    assert_eq!(content, "Tool Response for tool ID '7' with name 'add': 3");
}

pub(crate) async fn what_it_cannot_answer_is_a_400(engine: &Engine) {
    let sidecar = started(engine).await;
    let inputs = json!([{"messages": [says("x")]}]);
    let tools = json!([{"function": {"name": "add"}}]);
    for (path, body, code) in [
        (PATH, json!({}), "ERR_CONVERSATION_MISSING_INPUTS"),
        (PATH, json!({"inputs": 1}), "ERR_MALFORMED_REQUEST"),
        (
            PATH,
            json!({"inputs": inputs, "toolChoice": "required"}),
            "ERR_CONVERSATION_INVALID_PARMS",
        ),
        (
            PATH,
            json!({"inputs": inputs, "tools": tools, "toolChoice": "other"}),
            "ERR_CONVERSATION_INVALID_PARMS",
        ),
        (
            "/v1.0-alpha2/conversation/other/converse",
            json!({"inputs": inputs}),
            "ERR_CONVERSATION_NOT_FOUND",
        ),
    ] {
        assert_eq!(sidecar.post_json(path, &body).await.code(), (400, code.to_owned()), "{body}");
    }
}
