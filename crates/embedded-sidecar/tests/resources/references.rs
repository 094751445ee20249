//! Values that come from elsewhere, and which files are read at all.

use serde_json::json;

use crate::support::{Fixture, PUBSUB, StubApp, status, subscription};

fn with_group(item: &str) -> String {
    format!(
        "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {{name: ps}}
spec: {{type: pubsub.in-memory, version: v1, metadata: [{item}]}}
"
    )
}

async fn check(item: &str, expected_group: &str) {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let fixture = Fixture::configured(&with_group(item), &app, |config| {
        config.environment.insert("GROUP".to_owned(), "from-env".to_owned());
        config.namespace = "space".to_owned();
    })
    .await;
    assert_eq!(fixture.sidecar.lag()[0].consumer_group, expected_group);
}

#[tokio::test(start_paused = true)]
async fn the_consumer_group_is_stated_referenced_templated_or_the_app_id() {
    check("", "app").await;
    check("{name: consumerID, value: stated}", "stated").await;
    check("{name: CONSUMERGROUP, value: group}, {name: consumerID, value: id}", "group").await;
    check("{name: consumerID, envRef: GROUP}", "from-env").await;
    check("{name: consumerID, envRef: MISSING}", "app").await;
    check(r#"{name: consumerID, value: "{namespace}-{appID}"}"#, "space-app").await;
}

#[tokio::test(start_paused = true)]
async fn a_brokers_password_may_be_a_secret_because_it_is_not_used() {
    check("{name: saslPassword, secretKeyRef: {name: kafka, key: password}}", "app").await;
}

#[tokio::test(start_paused = true)]
async fn resources_of_other_apps_and_files_in_folders_are_not_loaded() {
    let app = StubApp::new(json!([subscription("t")]), |_| status(200));
    let foreign = "---\n{apiVersion: dapr.io/v1alpha1, kind: Component, scopes: [other], \
                   metadata: {name: x}, spec: {type: state.redis, version: v1}}";
    let dir = tempfile::tempdir().expect("a directory");
    let nested = dir.path().join("resources/nested");
    std::fs::create_dir_all(&nested).expect("a folder");
    std::fs::write(nested.join("broken.yaml"), "{").expect("a file");
    std::fs::write(dir.path().join("resources/notes.txt"), "{").expect("a file");
    let resources = format!("{PUBSUB}{foreign}");
    let fixture = Fixture::start_in(dir, &resources, &app, |_| {}).await;
    assert!(fixture.is_ok());
}
