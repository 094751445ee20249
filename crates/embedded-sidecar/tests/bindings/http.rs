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

use crate::support::{Fixture, StubApp, post, request, status};

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

async fn started(settings: &str) -> Fixture {
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
    Fixture::start(&resources, &StubApp::new(json!([]), |_| status(200))).await
}

async fn invoke(fixture: &Fixture, call: Value) -> Response<Bytes> {
    fixture.call(post("/v1.0/bindings/web", "application/json", call.to_string())).await
}

fn json_of(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).expect("JSON")
}

#[tokio::test]
async fn the_operation_is_the_method_and_capitals_are_headers() {
    let fixture = started("").await;
    let call = json!({
        "operation": "create",
        "data": {"b": 1, "a": "x"},
        "metadata": {"path": "/hook", "X-Signature": "v1", "other": "no", "traceparent": "00-1"},
    });
    let answer = invoke(&fixture, call).await;
    assert_eq!(answer.status(), 200);
    let asked = json_of(&answer);
    assert_eq!((&asked["method"], &asked["path"]), (&json!("POST"), &json!("/hook")));
    assert_eq!(asked["body"], r#"{"a":"x","b":1}"#);
    let headers = &asked["headers"];
    assert_eq!(headers["x-signature"], "v1");
    assert_eq!(headers["traceparent"], "00-1");
    assert_eq!(headers["content-type"], "application/json; charset=utf-8");
    assert!(headers["other"].is_null());
    for (operation, method) in [("put", "PUT"), ("PATCH", "PATCH"), ("delete", "DELETE")] {
        let answer = invoke(&fixture, json!({"operation": operation, "data": "x"})).await;
        assert_eq!(json_of(&answer)["method"], method);
    }
    let got = json_of(&invoke(&fixture, json!({"operation": "get", "data": "x"})).await);
    assert_eq!((&got["method"], &got["body"]), (&json!("GET"), &json!("")));
}

#[tokio::test]
async fn status_and_headers_of_the_answer_are_metadata() {
    let fixture = started("").await;
    let answer = invoke(&fixture, json!({"operation": "get"})).await;
    let header = |name: &str| answer.headers()[name].to_str().expect("text");
    assert_eq!(header("metadata.statuscode"), "200");
    assert_eq!(header("metadata.status"), "200 OK");
    assert_eq!(header("metadata.x-twice"), "a, b");
}

#[tokio::test]
async fn an_error_of_the_server_is_one_of_the_call_unless_it_is_to_be_handed_back() {
    let fixture = started("").await;
    let call = |metadata: Value| json!({"operation": "get", "metadata": metadata});
    let failed = invoke(&fixture, call(json!({"path": "status/503"}))).await;
    assert_eq!(failed.status(), 500);
    let body = json_of(&failed);
    assert_eq!(body["errorCode"], "ERR_INVOKE_OUTPUT_BINDING");
    assert_eq!(body["message"], "error invoking output binding web: received status code 503");
    assert_eq!(failed.headers()["metadata.statuscode"], "503");
    let lenient = call(json!({"path": "status/503", "errorIfNot2XX": "false"}));
    let handed_back = invoke(&fixture, lenient).await;
    assert_eq!(handed_back.status(), 200);
    assert_eq!(handed_back.headers()["metadata.statuscode"], "503");
    let fixture = started(", {name: errorIfNot2XX, value: 'false'}").await;
    assert_eq!(invoke(&fixture, call(json!({"path": "status/404"}))).await.status(), 200);
}

#[tokio::test]
async fn redirects_are_followed_but_not_for_ever() {
    let fixture = started("").await;
    let follow = async |path: String| {
        let call = json!({"operation": "post", "data": 1, "metadata": {"path": path}});
        invoke(&fixture, call).await
    };
    assert_eq!(json_of(&follow("/to/there".to_owned()).await)["path"], "/there");
    assert_eq!(json_of(&follow(format!("{}/there", "/to".repeat(10))).await)["path"], "/there");
    let endless = follow(format!("{}/there", "/to".repeat(11))).await;
    assert!(json_of(&endless)["message"].as_str().expect("text").ends_with("10 redirects"));
}

#[tokio::test]
async fn the_component_may_add_a_token_and_bound_the_answer() {
    let token = ", {name: securityTokenHeader, value: X-Token}, {name: securityToken, value: s}";
    let fixture = started(token).await;
    let asked = json_of(&invoke(&fixture, json!({"operation": "get"})).await);
    assert_eq!(asked["headers"]["x-token"], "s");
    let fixture = started(", {name: maxResponseBodySize, value: '10'}").await;
    let long = json_of(&invoke(&fixture, json!({"operation": "get"})).await);
    assert!(long["message"].as_str().expect("text").ends_with("more than 10 bytes"), "{long}");
}

#[tokio::test]
async fn an_unknown_name_or_operation_is_a_500_and_a_body_that_is_none_a_400() {
    let fixture = started("").await;
    let unknown = fixture.call(post("/v1.0/bindings/none", "application/json", "{}")).await;
    assert_eq!(unknown.status(), 500);
    let message = "error invoking output binding none: couldn't find output binding none";
    assert_eq!(json_of(&unknown)["message"], message);
    let operation = json_of(&invoke(&fixture, json!({"operation": "dance"})).await);
    assert!(operation["message"].as_str().expect("text").ends_with("invalid operation: dance"));
    let malformed = fixture.call(post("/v1.0/bindings/web", "application/json", "[")).await;
    assert_eq!(malformed.status(), 400);
    assert_eq!(json_of(&malformed)["errorCode"], "ERR_MALFORMED_REQUEST");
    let metadata = json_of(&fixture.call(request("GET", "/v1.0/metadata")).await);
    let expected = json!({
        "name": "web",
        "type": "bindings.http",
        "version": "v1",
        "capabilities": ["OUTPUT_BINDING"],
    });
    assert_eq!(metadata["components"], json!([expected]));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_served_is_refused_at_the_start() {
    let component = |setting: &str| {
        format!(
            "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: web}}
spec: {{type: bindings.http, version: v1, metadata: [{setting}]}}
"
        )
    };
    let refusal = Fixture::refusal(&component("{name: url, value: 'ftp://example.org'}")).await;
    assert!(refusal.contains("expected an http(s) URL"), "{refusal}");
    let mtls = "{name: url, value: 'https://example.org'}, {name: MTLSRootCA, value: x}";
    let refusal = Fixture::refusal(&component(mtls)).await;
    assert!(refusal.contains("MTLSRootCA"), "{refusal}");
}
