//! Which component answers, and what it is told about the match.

use bytes::Bytes;
use embedded_host::ResponseBody;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use test_support::probe;

use crate::app::{App, manifest, text};

/// Two components of the same wasm, told apart by a variable.
fn two_components() -> String {
    let wasm = probe::wasm().display();
    format!(
        r#"
        spin_manifest_version = 2
        [application]
        name = "two"
        [[trigger.http]]
        route = "/users/:id"
        component = "one"
        [[trigger.http]]
        route = "/users/..."
        component = "two"
        [[trigger.http]]
        route = {{ private = true }}
        component = "hidden"
        [component.one]
        source = "{wasm}"
        environment = {{ NAME = "one" }}
        [component.two]
        source = "{wasm}"
        environment = {{ NAME = "two" }}
        allowed_outbound_hosts = ["http://*.spin.internal", "http://self"]
        [component.hidden]
        source = "{wasm}"
        environment = {{ NAME = "hidden" }}
        "#
    )
}

#[tokio::test]
async fn each_path_reaches_the_component_that_owns_it() {
    let app = App::of(&two_components(), |builder| builder).await;
    for (path, name) in [("/users/7", "one"), ("/users", "two"), ("/users/7/x", "two")] {
        let answer = app.get_text(&format!("{path}?op=environment&name=NAME")).await;
        assert_eq!(answer, name, "{path}");
    }
    let nobody = app.get("/nowhere").await;
    assert_eq!((nobody.status(), nobody.body().len()), (StatusCode::NOT_FOUND, 0));
}

#[tokio::test]
async fn the_match_is_told_in_headers_after_the_clients_own() {
    let app = App::of(&two_components(), |builder| builder).await;
    let request = Request::get("/users/7?op=headers")
        .header("host", "example.test")
        .header("spin-path-match-id", "forged")
        .body(Bytes::new())
        .unwrap();
    let headers = text(&app.host.handle(request).await);
    expect_test::expect![[r#"
        spin-client-addr: 0.0.0.0:0
        spin-path-match-id: forged
        spin-path-match-id: 7
        spin-path-info: 
        spin-full-url: http://example.test/users/7?op=headers
        spin-matched-route: /users/:id
        spin-base-path: /
        spin-raw-component-route: /users/:id
        spin-component-route: /users/:id
    "#]]
    .assert_eq(&headers);
}

#[tokio::test]
async fn the_rest_of_a_wildcard_is_its_path_info() {
    let app = App::of(&two_components(), |builder| builder).await;
    let headers = app.get_text("/users/7/tasks/?op=headers").await;
    assert!(headers.contains("spin-path-info: /7/tasks/\n"), "{headers}");
    assert!(headers.contains("spin-component-route: /users\n"), "{headers}");
    assert!(headers.contains("spin-matched-route: /users/...\n"), "{headers}");
}

#[tokio::test]
async fn the_well_known_paths_are_the_hosts_own() {
    let app = App::start().await;
    assert_eq!(app.get_text("/.well-known/spin/health").await, "OK");
    let info: serde_json::Value =
        serde_json::from_str(&app.get_text("/.well-known/spin/info").await).unwrap();
    assert_eq!(info, serde_json::json!({ "name": "probes", "version": "1.0.0" }));
    assert_eq!(app.get("/.well-known/spin/other").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_component_calls_another_by_name_even_a_private_one() {
    let app = App::of(&two_components(), |builder| builder).await;
    let chained =
        "/users/x/y?op=fetch&url=http://hidden.spin.internal/a?op=environment%26name=NAME";
    assert_eq!(app.get_text(chained).await, "200 hidden");
    let headers = "/users/x/y?op=fetch&url=http://hidden.spin.internal/a/b?op=headers";
    let told = app.get_text(headers).await;
    assert!(told.contains("spin-path-info: /a/b\n"), "{told}");
    assert!(told.contains("spin-client-addr: 0.0.0.0:0\n"), "{told}");
}

#[tokio::test]
async fn a_component_calls_its_own_application_without_an_address() {
    let app = App::of(&two_components(), |builder| builder).await;
    for url in [
        "/users/9?op=environment%26name=NAME",
        "http://self.alt/users/9?op=environment%26name=NAME",
    ] {
        assert_eq!(
            app.get_text(&format!("/users/x/y?op=fetch&url={url}")).await,
            "200 one",
            "{url}"
        );
    }
}

#[tokio::test]
async fn a_trap_before_the_response_is_a_500() {
    let app = App::start().await;
    for op in ["trap", "silent"] {
        let response = app.get(&format!("/?op={op}")).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR, "{op}");
    }
    assert_eq!(app.get("/").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_trap_after_the_response_takes_nothing_back() {
    let app = App::start().await;
    let response = app.get("/?op=trap-after").await;
    assert_eq!(
        (response.status(), text(&response)),
        (StatusCode::OK, "sent before the trap".into())
    );
}

#[tokio::test]
async fn a_body_goes_through_unchanged() {
    let app = App::start().await;
    let long = "x".repeat(300_000);
    assert_eq!(app.post_text("/?op=echo", &long).await, long);
}

#[tokio::test]
async fn chunks_arrive_as_they_are_sent() {
    let app = App::start().await;
    let body: ResponseBody = Full::new(Bytes::new()).map_err(Into::into).boxed_unsync();
    let request = Request::get("/?op=stream&n=3&ms=1").body(body).unwrap();
    let mut body = app.host.handle_streaming(request).await.into_body();
    let mut chunks = Vec::new();
    while let Some(frame) = body.frame().await {
        chunks.extend(frame.unwrap().into_data().ok());
    }
    assert_eq!(chunks, ["chunk 0\n", "chunk 1\n", "chunk 2\n"]);
}

#[tokio::test]
async fn every_fault_of_a_component_is_told_before_anything_starts() {
    let state = tempfile::tempdir().unwrap();
    let missing = manifest("").replace("probe.wasm", "absent.wasm");
    let error = crate::app::builder(&missing, state.path()).build().await.err().unwrap();
    assert!(error.to_string().contains("has it been built?"), "{error}");
    let unknown = manifest("").replace("[\"default\"]", "[\"other\"]");
    let error = crate::app::builder(&unknown, state.path()).build().await.err().unwrap();
    assert!(error.to_string().contains("add [sqlite_database.other]"), "{error}");
}
