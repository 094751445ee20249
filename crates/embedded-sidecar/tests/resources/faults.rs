//! Resources that cannot be used say where they stand.

use expect_test::{Expect, expect};

use crate::support::{Fixture, PUBSUB};

async fn check(second_document: &str, expected: Expect) {
    expected.assert_eq(&Fixture::refusal(&format!("{PUBSUB}---\n{second_document}")).await);
}

fn component(name: &str, component_type: &str, metadata: &str) -> String {
    format!(
        "{{apiVersion: dapr.io/v1alpha1, kind: Component, metadata: {{name: {name}}}, \
         spec: {{type: {component_type}, version: v1, metadata: [{metadata}]}}}}"
    )
}

#[tokio::test(start_paused = true)]
async fn unknown_kinds_and_types_are_named_with_file_and_document() {
    check(
        "{apiVersion: dapr.io/v1alpha1, kind: Componet, metadata: {name: x}}",
        expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): unknown kind "Componet""#]],
    )
    .await;
    check(&component("x", "lock.redis", ""), expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): component "x" has type "lock.redis", which is not served here"#]]).await;
}

#[tokio::test(start_paused = true)]
async fn settings_are_named_with_what_was_expected() {
    check(&component("x", "bindings.cron", "{name: schedule, value: sometimes}"), expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): component "x": schedule is "sometimes", expected a cron expression or @every <duration>"#]])
        .await;
    check(
        &component("x", "pubsub.kafka", "{name: consumerGroup, secretKeyRef: {name: a, key: b}}"),
        expect![[r#"
            cannot load the resources
            DIR/resources/resources.yaml (document 2): component "x": consumerGroup is the secret "a" of the store "", which has no such value"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_is_no_resource_at_all_is_refused() {
    check(
        "{not: a resource}",
        expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): not a resource
        missing field `apiVersion`"#]],
    )
    .await;
    check(&component("ps", "pubsub.redis", ""), expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): component "ps" is also defined in DIR/resources/resources.yaml (document 1)"#]]).await;
}

#[tokio::test(start_paused = true)]
async fn policies_that_cannot_work_are_refused() {
    let resiliency = |policies: &str| {
        format!(
            "{{apiVersion: dapr.io/v1alpha1, kind: Resiliency, metadata: {{name: r}}, \
             spec: {{policies: {policies}}}}}"
        )
    };
    check(
        &resiliency("{retries: {p: {duration: 5}}}"),
        expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): cannot use this Resiliency
        the spec cannot be read
        invalid type: integer `5`, expected a string"#]],
    )
    .await;
    check(
        &resiliency("{retries: {p: {duration: 5 seconds}}}"),
        expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): cannot use this Resiliency
        policy "p": "5 seconds" is not a duration"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_http_binding_states_what_is_served() {
    let refusal = |settings: &'static str| async move {
        Fixture::refusal(&component("web", "bindings.http", settings)).await
    };
    let other_scheme = refusal("{name: url, value: 'ftp://example.org'}").await;
    assert!(other_scheme.contains("expected an http(s) URL"), "{other_scheme}");
    let certificates =
        refusal("{name: url, value: 'https://example.org'}, {name: MTLSRootCA, value: x}").await;
    assert!(certificates.contains("MTLSRootCA"), "{certificates}");
}

#[tokio::test(start_paused = true)]
async fn stores_say_what_they_lack() {
    check(
        &component("s", "state.sqlite", ""),
        expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): component "s": connectionString is "", expected the path of a file"#]],
    )
    .await;
    check(
        &component("s", "state.redis", "{name: keyPrefix, value: 'a||b'}"),
        expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): component "s": keyPrefix is "a||b", expected a prefix without ||"#]],
    )
    .await;
    check(
        &component("s", "secretstores.local.file", "{name: secretsFile, value: DIR/none.json}"),
        expect![[r#"
        cannot load the resources
        cannot read DIR/none.json
        No such file or directory (os error 2)"#]],
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_mail_component_without_a_server_is_refused() {
    let settings = "{name: host, value: 127.0.0.1}, {name: port, value: '0'}";
    check(
        &component("mail", "bindings.smtp", settings),
        expect![[r#"
        cannot load the resources
        DIR/resources/resources.yaml (document 2): component "mail": port is "", expected a port"#]],
    )
    .await;
}
