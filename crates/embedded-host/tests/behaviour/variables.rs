//! What a component reads of its variables and environment.

use std::collections::BTreeMap;

use crate::app::{App, builder, manifest};

fn with_variables() -> String {
    manifest(
        r#"
        variables = { greeting = "Hello {{ who }}", plain = "as written" }
        [variables]
        who = { default = "world" }
        unseen = { required = true, secret = true }
        "#,
    )
}

#[tokio::test]
async fn a_component_reads_its_own_variables_only() {
    let app = App::of(&with_variables(), |builder| builder.variable("unseen", "s")).await;
    let read = |name: &'static str| app.get_text(name);
    assert_eq!(read("/?op=variable&name=greeting").await, "Hello world");
    assert_eq!(read("/?op=variable&name=plain").await, "as written");
    assert!(read("/?op=variable&name=unseen").await.contains("Undefined"));
    assert!(read("/?op=variable&name=Not-A-Name").await.contains("InvalidName"));
}

#[tokio::test]
async fn the_environment_supplies_what_is_required() {
    let environment = BTreeMap::from([
        ("SPIN_VARIABLE_WHO".to_owned(), "operator".to_owned()),
        ("SPIN_VARIABLE_UNSEEN".to_owned(), "s".to_owned()),
    ]);
    let app = App::of(&with_variables(), |builder| builder.environment(environment)).await;
    assert_eq!(app.get_text("/?op=variable&name=greeting").await, "Hello operator");
}

#[tokio::test]
async fn a_missing_required_variable_stops_the_start() {
    let state = tempfile::tempdir().unwrap();
    let error = builder(&with_variables(), state.path()).build().await.err().unwrap();
    assert!(error.to_string().starts_with("required variables have no value: unseen"), "{error}");
}
