//! `bindings.smtp`, against a mail server that keeps what it gets.

use http::Response;
use serde_json::{Value, json};

use crate::support::{Fixture, MailServer, StubApp, post, status};

fn component(port: u16, settings: &str) -> String {
    format!(
        "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: mail}}
spec:
  type: bindings.smtp
  version: v1
  metadata: [{{name: host, value: 127.0.0.1}}, {{name: port, value: '{port}'}}{settings}]
"
    )
}

async fn started(server: &MailServer, settings: &str) -> Fixture {
    let app = StubApp::new(json!([]), |_| status(200));
    Fixture::start(&component(server.port, settings), &app).await
}

async fn invoke(fixture: &Fixture, call: Value) -> Response<bytes::Bytes> {
    let request = post("/v1.0/bindings/mail", "application/json", call.to_string());
    fixture.call(request).await
}

fn reason(response: &Response<bytes::Bytes>) -> String {
    assert_eq!(response.status(), 500);
    let body: Value = serde_json::from_slice(response.body()).expect("JSON");
    assert_eq!(body["errorCode"], "ERR_INVOKE_OUTPUT_BINDING");
    let message = body["message"].as_str().expect("text");
    message.strip_prefix("error invoking output binding mail: ").expect("its start").to_owned()
}

const DEFAULTS: &str = ", {name: emailFrom, value: 'TaskMaster <tasks@example.org>'},
    {name: emailTo, value: default@example.org}, {name: subject, value: Default}";

#[tokio::test]
async fn a_letter_is_html_from_and_to_whom_the_call_says() {
    let server = MailServer::start(&[]).await;
    let fixture = started(&server, "").await;
    let call = json!({
        "operation": "create",
        "data": "<p>\"Hello\"</p>",
        "metadata": {
            "emailFrom": "tasks@example.org",
            "emailTo": "a@example.org; B <b@example.org>",
            "emailCC": "c@example.org",
            "emailBCC": "d@example.org",
            "subject": "Milk is due",
            "priority": "1",
        },
    });
    assert_eq!(invoke(&fixture, call).await.status(), 204);
    let letter = &server.letters()[0];
    assert_eq!(letter.from, "tasks@example.org");
    let all = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];
    assert_eq!(letter.recipients, all);
    assert_eq!(letter.header("Subject"), Some("Milk is due"));
    assert_eq!(letter.header("To"), Some("a@example.org, B <b@example.org>"));
    assert_eq!(letter.header("Cc"), Some("c@example.org"));
    assert_eq!(letter.header("Bcc"), None, "nobody else learns of them");
    assert_eq!(letter.header("X-Priority"), Some("1"));
    assert_eq!(letter.header("Content-Type"), Some("text/html; charset=utf-8"));
    assert_eq!(letter.body(), "<p>\"Hello\"</p>");
}

#[tokio::test]
async fn a_call_leaves_nothing_behind_for_the_next_one() {
    let server = MailServer::start(&[]).await;
    let fixture = started(&server, DEFAULTS).await;
    let first = json!({"operation": "create", "data": "1", "metadata": {
        "emailTo": "private@example.org", "emailCC": "cc@example.org",
        "emailBCC": "bcc@example.org", "subject": "Private", "priority": "1",
    }});
    let second = json!({"operation": "create", "data": "2", "metadata": {"emailCC": ""}});
    assert_eq!(invoke(&fixture, first).await.status(), 204);
    assert_eq!(invoke(&fixture, second).await.status(), 204);
    let letter = &server.letters()[1];
    assert_eq!(letter.recipients, ["default@example.org"]);
    assert_eq!(letter.header("From"), Some("TaskMaster <tasks@example.org>"));
    assert_eq!(letter.header("Subject"), Some("Default"));
    assert_eq!(letter.header("Cc"), None);
    assert_eq!(letter.header("X-Priority"), Some("3"));
}

#[tokio::test]
async fn letters_that_are_sent_at_once_do_not_mix() {
    let server = MailServer::start(&[]).await;
    let fixture = started(&server, DEFAULTS).await;
    let send = |n: usize| {
        let to = format!("{n}@example.org");
        let call =
            json!({"operation": "create", "data": n.to_string(), "metadata": {"emailTo": to}});
        invoke(&fixture, call)
    };
    let sent = tokio::join!(send(0), send(1), send(2), send(3), send(4));
    let sent = [sent.0, sent.1, sent.2, sent.3, sent.4];
    assert!(sent.iter().all(|response| response.status() == 204));
    let letters = server.letters();
    assert_eq!(letters.len(), 5);
    for letter in letters {
        assert_eq!(letter.recipients, [format!("{}@example.org", letter.body())]);
    }
}

#[tokio::test]
async fn what_is_missing_or_refused_says_why() {
    let server = MailServer::start(&[]).await;
    let fixture = started(&server, DEFAULTS).await;
    let refusal = async |operation: &str, data: Value, metadata: Value| {
        let call = json!({"operation": operation, "data": data, "metadata": metadata});
        reason(&invoke(&fixture, call).await)
    };
    let unknown = refusal("get", json!("x"), json!({})).await;
    assert!(unknown.contains("does not support operation get"), "{unknown}");
    let unquoted = refusal("create", json!({"a": 1}), json!({})).await;
    assert!(unquoted.contains("can't unquote data field"), "{unquoted}");
    let urgent = refusal("create", json!("x"), json!({"priority": "9"})).await;
    assert!(urgent.contains("priority value must be between"), "{urgent}");
    let address = refusal("create", json!("x"), json!({"emailTo": "nowhere"})).await;
    assert!(address.contains("address \"nowhere\""), "{address}");
    let nobody = refusal("create", json!("x"), json!({"emailTo": "nobody@example.org"})).await;
    assert!(nobody.contains("there is no such mailbox"), "{nobody}");
    assert!(server.letters().is_empty());
    let fixture = started(&server, "").await;
    let missing = reason(&invoke(&fixture, json!({"operation": "create", "data": "x"})).await);
    assert!(missing.contains("emailFrom property not supplied"), "{missing}");
}

#[tokio::test]
async fn tls_that_is_offered_is_used() {
    // It offers what it cannot do, so the letter must not arrive in the clear.
    let server = MailServer::start(&["STARTTLS"]).await;
    let fixture = started(&server, DEFAULTS).await;
    let refused = invoke(&fixture, json!({"operation": "create", "data": "x"})).await;
    assert_eq!(refused.status(), 500);
    assert!(server.letters().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_component_without_a_server_is_refused_at_the_start() {
    let refusal = Fixture::refusal(&component(0, "")).await;
    assert!(refusal.contains(r#"component "mail": port is "", expected a port"#), "{refusal}");
}
