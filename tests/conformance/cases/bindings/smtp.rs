//! `bindings.smtp`, against a mail server that keeps what it gets.

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::engine::{Answer, Engine, MailServer, Sidecar};

const DEFAULTS: &str = ", {name: emailFrom, value: 'TaskMaster <tasks@example.org>'},
    {name: emailTo, value: default@example.org}, {name: subject, value: Default}";

async fn started(engine: &Engine, server: &MailServer, settings: &str) -> Sidecar {
    let port = server.port;
    let resources = format!(
        "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: mail}}
spec:
  type: bindings.smtp
  version: v1
  metadata: [{{name: host, value: 127.0.0.1}}, {{name: port, value: '{port}'}}{settings}]
"
    );
    engine.start(&resources, &engine.content_app()).await
}

async fn server(engine: &Engine, extensions: &'static [&'static str]) -> MailServer {
    engine.on_real_time();
    MailServer::start(extensions).await
}

async fn invoke(sidecar: &Sidecar, call: Value) -> Response<Bytes> {
    sidecar.post_json("/v1.0/bindings/mail", &call).await
}

fn reason(response: &Response<Bytes>) -> String {
    assert_eq!(response.status(), 500);
    let body = response.json();
    assert_eq!(body["errorCode"], "ERR_INVOKE_OUTPUT_BINDING");
    let message = body["message"].as_str().expect("text");
    message.strip_prefix("error invoking output binding mail: ").expect("its start").to_owned()
}

pub(crate) async fn a_letter_is_html_from_and_to_whom_the_call_says(engine: &Engine) {
    let server = server(engine, &[]).await;
    let sidecar = started(engine, &server, "").await;
    let call = json!({
        "operation": "create",
        "data": "<p>\"Hello\"</p>",
        "metadata": {
            "emailFrom": "tasks@example.org",
            "emailTo": "a@example.org;B <b@example.org>",
            "emailCC": "c@example.org",
            "emailBCC": "d@example.org",
            "subject": "Milk is due",
            "priority": "1",
        },
    });
    assert_eq!(invoke(&sidecar, call).await.status(), 204);
    let letter = &server.letters()[0];
    assert_eq!(letter.from, "tasks@example.org");
    let all = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"];
    assert_eq!(letter.recipients, all);
    assert_eq!(letter.header("Subject"), Some("Milk is due"));
    let to = letter.header("To").expect("recipients").replace('"', "");
    assert_eq!(to, "a@example.org, B <b@example.org>");
    assert_eq!(letter.header("Cc"), Some("c@example.org"));
    assert_eq!(letter.header("Bcc"), None, "nobody else learns of them");
    assert_eq!(letter.header("X-Priority"), Some("1"));
    let content_type = letter.header("Content-Type").map(str::to_ascii_lowercase);
    assert_eq!(content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(letter.body(), "<p>\"Hello\"</p>");
}

pub(crate) async fn the_component_says_what_the_call_leaves_out(engine: &Engine) {
    let server = server(engine, &[]).await;
    let sidecar = started(engine, &server, DEFAULTS).await;
    let call = json!({"operation": "create", "data": "1"});
    assert_eq!(invoke(&sidecar, call).await.status(), 204);
    let letter = &server.letters()[0];
    assert_eq!(letter.from, "tasks@example.org");
    assert_eq!(letter.recipients, ["default@example.org"]);
    assert_eq!(letter.header("Subject"), Some("Default"));
    assert_eq!(letter.header("Cc"), None);
    assert_eq!(letter.header("X-Priority"), Some("3"));
}

pub(crate) async fn a_call_leaves_nothing_behind_for_the_next_one(engine: &Engine) {
    let server = server(engine, &[]).await;
    let sidecar = started(engine, &server, DEFAULTS).await;
    let first = json!({"operation": "create", "data": "1", "metadata": {
        "emailTo": "private@example.org", "emailCC": "cc@example.org",
        "emailBCC": "bcc@example.org", "subject": "Private", "priority": "1",
    }});
    let second = json!({"operation": "create", "data": "2", "metadata": {"emailCC": ""}});
    assert_eq!(invoke(&sidecar, first).await.status(), 204);
    assert_eq!(invoke(&sidecar, second).await.status(), 204);
    let letter = &server.letters()[1];
    assert_eq!(letter.recipients, ["default@example.org"]);
    assert_eq!(letter.header("Subject"), Some("Default"));
    assert_eq!(letter.header("Cc"), None);
    assert_eq!(letter.header("X-Priority"), Some("3"));

    let send = |n: usize| {
        let metadata = json!({"emailTo": format!("{n}@example.org")});
        invoke(&sidecar, json!({"operation": "create", "data": "3", "metadata": metadata}))
    };
    let (one, two, three) = tokio::join!(send(1), send(2), send(3));
    assert!([one, two, three].iter().all(|response| response.status() == 204));
    let mut recipients: Vec<_> =
        server.letters()[2..].iter().flat_map(|letter| letter.recipients.clone()).collect();
    recipients.sort();
    assert_eq!(recipients, ["1@example.org", "2@example.org", "3@example.org"]);
}

pub(crate) async fn data_that_is_no_text_is_sent_as_json(engine: &Engine) {
    let server = server(engine, &[]).await;
    let sidecar = started(engine, &server, DEFAULTS).await;
    let call = json!({"operation": "create", "data": {"a": [1]}});
    assert_eq!(invoke(&sidecar, call).await.status(), 204);
    assert_eq!(server.letters()[0].body(), r#"{"a":[1]}"#);
}

pub(crate) async fn what_is_missing_or_refused_says_why(engine: &Engine) {
    let server = server(engine, &[]).await;
    let sidecar = started(engine, &server, DEFAULTS).await;
    let refusal = async |operation: &str, data: Value, metadata: Value| {
        let call = json!({"operation": operation, "data": data, "metadata": metadata});
        reason(&invoke(&sidecar, call).await)
    };
    let unknown = refusal("get", json!("x"), json!({})).await;
    assert!(unknown.contains("does not support operation get"), "{unknown}");
    let urgent = refusal("create", json!("x"), json!({"priority": "9"})).await;
    assert!(urgent.contains("priority value must be between"), "{urgent}");
    let nobody = json!({"emailTo": "nobody@example.org", "priority": "3"});
    let nobody = refusal("create", json!("x"), nobody).await;
    assert!(nobody.contains("there is no such mailbox"), "{nobody}");
    assert!(server.letters().is_empty());
    let sidecar = started(engine, &server, "").await;
    let missing = reason(&invoke(&sidecar, json!({"operation": "create", "data": "x"})).await);
    assert!(missing.contains("emailFrom property not supplied"), "{missing}");
}

pub(crate) async fn an_address_that_is_none_is_refused(engine: &Engine) {
    let server = server(engine, &[]).await;
    let sidecar = started(engine, &server, DEFAULTS).await;
    let call = json!({"operation": "create", "data": "x", "metadata": {"emailTo": "nowhere"}});
    let refused = reason(&invoke(&sidecar, call).await);
    assert!(refused.contains("nowhere"), "{refused}");
    assert!(server.letters().is_empty());
}

/// The server offers what it cannot do, so the letter must not arrive in the clear.
pub(crate) async fn tls_that_is_offered_is_used(engine: &Engine) {
    let server = server(engine, &["STARTTLS"]).await;
    let sidecar = started(engine, &server, DEFAULTS).await;
    let refused = invoke(&sidecar, json!({"operation": "create", "data": "x"})).await;
    assert_eq!(refused.status(), 500);
    assert!(server.letters().is_empty());
}
