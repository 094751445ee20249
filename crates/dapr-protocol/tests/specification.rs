//! The messages of the Dapr API, as both ends see them.

#![expect(clippy::expect_used, reason = "a test that cannot go on says where and why")]

mod addressing {
    mod api_call;
    mod endpoint;
    mod metadata;
}
mod bindings {
    mod output;
}
mod conversation {
    mod request;
}
mod delivery {
    mod answers;
    mod tokens;
}
mod jobs {
    mod callback;
    mod delete;
    mod document;
    mod refusals;
    mod schedule;
}
mod publish {
    mod bulk;
    mod single;
}
mod secrets {
    mod requests;
}
mod self_description {
    mod health;
    mod metadata;
}
mod state {
    mod requests;
}
mod subscription {
    mod declarative;
    mod document;
}

/// A request as text: its first line, its headers, its body.
fn text(request: &http::Request<bytes::Bytes>) -> String {
    let mut lines = vec![format!("{} {}", request.method(), request.uri())];
    for (name, value) in request.headers() {
        lines.push(format!("{name}: {}", value.to_str().expect("text")));
    }
    lines.push(String::from_utf8_lossy(request.body()).into_owned());
    lines.join("\n")
}

/// An answer with a body.
fn answer(status: u16, body: &str) -> http::Response<bytes::Bytes> {
    http::Response::builder().status(status).body(body.to_owned().into()).expect("an answer")
}

/// The sidecar without a token.
fn dapr() -> dapr_protocol::DaprEndpoint {
    dapr_protocol::DaprEndpoint::new("http://localhost:3500/", None).expect("a URL")
}
