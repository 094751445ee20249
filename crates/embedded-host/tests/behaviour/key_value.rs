//! Key-value stores as a guest sees them: granted by name, kept across requests and restarts.

use std::collections::BTreeMap;
use std::sync::Arc;

use embedded_host::RuntimeConfig;

use crate::app::{App, builder, manifest};

impl App {
    /// Runs `script` on the store of that label, a call per line.
    async fn values(&self, label: &str, script: &str) -> String {
        self.post_text(&format!("/?op=values&store={label}"), script).await
    }
}

fn with_stores(labels: &str) -> String {
    manifest("")
        .replace("key_value_stores = [\"default\"]", &format!("key_value_stores = {labels}"))
}

#[tokio::test]
async fn a_value_is_kept_until_it_is_replaced_or_deleted() {
    let app = App::start().await;
    let script = "get a\nset a one\nset b two words\nget a\nget b\nexists a\nkeys";
    assert_eq!(
        app.values("default", script).await,
        "nothing\nset\nset\none\ntwo words\ntrue\na b\n"
    );
    let script = "set a three\nget a\ndelete b\ndelete b\nexists b\nkeys";
    assert_eq!(app.values("default", script).await, "set\nthree\ndeleted\ndeleted\nfalse\na\n");
}

#[tokio::test]
async fn values_outlive_the_host() {
    let first = App::start().await;
    first.values("default", "set a kept").await;
    let state = Arc::clone(&first.state);
    drop(first);
    let host = builder(&manifest(""), state.path()).build().await.unwrap();
    let second = App { host, state };
    assert_eq!(second.values("default", "get a").await, "kept\n");
    assert!(second.state.path().join("sqlite_key_value.db").exists());
}

#[tokio::test]
async fn a_store_that_is_not_granted_is_denied() {
    let app = App::of(&with_stores("[]"), |builder| builder).await;
    assert_eq!(app.values("default", "keys").await, "open: Error::AccessDenied\n");
}

#[tokio::test]
async fn labels_of_one_file_are_stores_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("below/values.db");
    let labels = ["one", "two"].map(|label| (label.to_owned(), file.clone()));
    let config =
        RuntimeConfig { key_value_stores: BTreeMap::from(labels), ..RuntimeConfig::default() };
    let app =
        App::of(&with_stores(r#"["one", "two"]"#), |builder| builder.runtime_config(config)).await;
    assert_eq!(app.values("one", "set a 1\nkeys").await, "set\na\n");
    assert_eq!(app.values("two", "keys\nset a 2\nget a").await, "\nset\n2\n");
    assert_eq!(app.values("one", "get a").await, "1\n");
    assert!(file.exists());
}

#[tokio::test]
async fn a_label_that_nothing_configures_stops_the_start() {
    let state = tempfile::tempdir().unwrap();
    let error = builder(&with_stores(r#"["other"]"#), state.path()).build().await.err().unwrap();
    assert!(error.to_string().contains("add [key_value_store.other]"), "{error}");
}

#[tokio::test]
async fn a_guest_holds_a_bounded_number_of_stores() {
    let app = App::start().await;
    let told = app.values("default", "open 255\nopen 256\nopen 255").await;
    assert_eq!(told, "255 more\nerror: Error::StoreTableFull\n255 more\n");
}
