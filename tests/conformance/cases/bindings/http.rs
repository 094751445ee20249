//! `bindings.http`, against a server that answers with what it was asked.

use std::convert::Infallible;

use bytes::Bytes;
use http::Response;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::engine::{Engine, Sidecar, post, request};

/// `/status/<code>` answers with that status; `/to/<path>` redirects there; everything else says
/// what it was asked.
async fn server() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let builder = Builder::new(TokioExecutor::new());
                // A client that goes away is none of the server's business.
                let _ = builder.serve_connection(TokioIo::new(stream), service_fn(echo)).await;
            });
        }
    });
    port
}

async fn echo(request: http::Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let headers: Value = head
        .headers
        .iter()
        .map(|(name, value)| (name.to_string(), json!(value.to_str().expect("text"))))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let path = head.uri.path();
    let asked = json!({
        "method": head.method.as_str(),
        "path": path,
        "headers": headers,
        "body": String::from_utf8_lossy(&body),
    });
    let mut answer = Response::builder().header("x-twice", "a").header("x-twice", "b");
    if let Some(code) = path.strip_prefix("/status/") {
        answer = answer.status(code.parse::<u16>().expect("a status"));
    }
    if let Some(to) = path.strip_prefix("/to") {
        answer = answer.status(307).header("location", to);
    }
    Ok(answer.body(Full::from(asked.to_string())).expect("an answer"))
}

async fn started(engine: &Engine, settings: &str) -> Sidecar {
    engine.on_real_time();
    let port = server().await;
    let resources = format!(
        "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: web}}
spec:
  type: bindings.http
  version: v1
  metadata: [{{name: url, value: 'http://127.0.0.1:{port}/'}}{settings}]
"
    );
    engine.start(&resources, &engine.content_app()).await
}

async fn invoke(sidecar: &Sidecar, call: Value) -> Response<Bytes> {
    sidecar.post_json("/v1.0/bindings/web", &call).await
}

fn json_of(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

pub(crate) async fn the_operation_is_the_method_and_capitals_are_headers(engine: &Engine) {
    let sidecar = started(engine, "").await;
    let call = json!({
        "operation": "create",
        "data": {"b": 1, "a": "x"},
        "metadata": {"path": "/hook", "X-Signature": "v1", "other": "no", "traceparent": "00-1"},
    });
    let answer = invoke(&sidecar, call).await;
    assert_eq!(answer.status(), 200);
    let asked = json_of(&answer);
    assert_eq!((&asked["method"], &asked["path"]), (&json!("POST"), &json!("/hook")));
    assert_eq!(asked["body"], r#"{"a":"x","b":1}"#);
    let headers = &asked["headers"];
    assert_eq!(headers["x-signature"], "v1");
    let nobodys = "00-00000000000000000000000000000000-0000000000000000-00";
    assert_eq!(headers["traceparent"], nobodys, "the trace is that of the call");
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert!(headers["other"].is_null());
    for (operation, method) in [("put", "PUT"), ("patch", "PATCH"), ("delete", "DELETE")] {
        let answer = invoke(&sidecar, json!({"operation": operation, "data": "x"})).await;
        assert_eq!(json_of(&answer)["method"], method);
    }
    let got = json_of(&invoke(&sidecar, json!({"operation": "get", "data": "x"})).await);
    assert_eq!((&got["method"], &got["body"]), (&json!("GET"), &json!("")));
}

pub(crate) async fn status_and_headers_of_the_answer_are_metadata(engine: &Engine) {
    let sidecar = started(engine, "").await;
    let answer = invoke(&sidecar, json!({"operation": "get"})).await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text");
    assert_eq!(header("metadata.statuscode"), "200");
    assert_eq!(header("metadata.status"), "200 OK");
    assert_eq!(header("metadata.x-twice"), "a, b");
}

pub(crate) async fn an_error_of_the_server_is_one_of_the_call_unless_the_call_wants_it(
    engine: &Engine,
) {
    let sidecar = started(engine, "").await;
    let call = |metadata: Value| json!({"operation": "get", "metadata": metadata});
    let failed = invoke(&sidecar, call(json!({"path": "status/503"}))).await;
    assert_eq!(failed.status(), 500);
    let body = json_of(&failed);
    assert_eq!(body["errorCode"], "ERR_INVOKE_OUTPUT_BINDING");
    assert_eq!(body["message"], "error invoking output binding web: received status code 503");
    assert_eq!(failed.headers()["metadata.statuscode"], "503");
    let lenient = call(json!({"path": "status/503", "errorIfNot2XX": "false"}));
    let handed_back = invoke(&sidecar, lenient).await;
    assert_eq!(handed_back.status(), 200);
    assert_eq!(handed_back.headers()["metadata.statuscode"], "503");
}

pub(crate) async fn the_component_may_hand_errors_of_the_server_back(engine: &Engine) {
    let sidecar = started(engine, ", {name: errorIfNot2XX, value: 'false'}").await;
    let call = json!({"operation": "get", "metadata": {"path": "status/404"}});
    assert_eq!(invoke(&sidecar, call).await.status(), 200);
}

pub(crate) async fn redirects_are_followed_but_not_for_ever(engine: &Engine) {
    let sidecar = started(engine, "").await;
    let follow = async |path: String| {
        let call = json!({"operation": "post", "data": 1, "metadata": {"path": path}});
        invoke(&sidecar, call).await
    };
    assert_eq!(json_of(&follow("/to/there".to_owned()).await)["path"], "/there");
    assert_eq!(json_of(&follow(format!("{}/there", "/to".repeat(9))).await)["path"], "/there");
    let endless = follow(format!("{}/there", "/to".repeat(10))).await;
    assert!(json_of(&endless)["message"].as_str().expect("text").ends_with("10 redirects"));
}

pub(crate) async fn the_component_may_add_a_token(engine: &Engine) {
    let token = ", {name: securityTokenHeader, value: X-Token}, {name: securityToken, value: s}";
    let sidecar = started(engine, token).await;
    let asked = json_of(&invoke(&sidecar, json!({"operation": "get"})).await);
    assert_eq!(asked["headers"]["x-token"], "s");
}

pub(crate) async fn an_answer_over_the_components_limit_is_none(engine: &Engine) {
    let sidecar = started(engine, ", {name: maxResponseBodySize, value: '10'}").await;
    let long = json_of(&invoke(&sidecar, json!({"operation": "get"})).await);
    assert!(long["message"].as_str().expect("text").ends_with("more than 10 bytes"), "{long}");
}

pub(crate) async fn an_unknown_name_or_operation_is_a_500_and_a_body_that_is_none_a_400(
    engine: &Engine,
) {
    let sidecar = started(engine, "").await;
    let unknown = async |body: &'static str| {
        let answer = sidecar.call(post("/v1.0/bindings/none", "application/json", body)).await;
        assert_eq!(answer.status(), 500);
        json_of(&answer)["message"].clone()
    };
    let message = "error invoking output binding none: operation field is missing from request";
    assert_eq!(unknown("{}").await, message);
    let message = "error invoking output binding none: couldn't find output binding none";
    assert_eq!(unknown(r#"{"operation":"get"}"#).await, message);
    let operation = json_of(&invoke(&sidecar, json!({"operation": "dance"})).await);
    let refusal = "error invoking output binding web: binding web does not support operation \
                   dance. supported operations:create get head post put patch delete options trace";
    assert_eq!(operation["message"], refusal);
    let malformed = sidecar.call(post("/v1.0/bindings/web", "application/json", "[")).await;
    assert_eq!(malformed.status(), 400);
    assert_eq!(json_of(&malformed)["errorCode"], "ERR_MALFORMED_REQUEST");
    let metadata = json_of(&sidecar.call(request("GET", "/v1.0/metadata")).await);
    let expected = json!({
        "name": "web",
        "type": "bindings.http",
        "version": "v1",
        "capabilities": ["OUTPUT_BINDING"],
    });
    assert_eq!(metadata["components"], json!([expected]));
}
