//! Versions: who wins where two writers meet.

use serde_json::json;

use super::both_stores;
use crate::engine::{Answer, Engine};

const SAVE: &str = "ERR_STATE_SAVE";
const DELETE: &str = "ERR_STATE_DELETE";

pub(crate) async fn a_save_over_its_own_version_is_made_once(engine: &Engine) {
    for store in both_stores(engine).await {
        let etag = store.etag_of("k", json!(1)).await;
        let over = json!([{"key": "k", "value": 2, "etag": etag}]);
        assert_eq!(store.try_save(&over).await.status(), 204);
        let again = store.try_save(&over).await;
        let (status, code, message) = again.refusal();
        assert_eq!((status, code.as_str()), (409, SAVE));
        let place =
            format!("failed saving state in state store {}: possible etag mismatch", store.name);
        assert!(message.starts_with(&place), "{message}");
        assert_eq!(store.get("k").await.json(), 2);
    }
}

pub(crate) async fn a_version_of_a_value_that_is_not_there_does_not_match(engine: &Engine) {
    for store in both_stores(engine).await {
        let over = json!([{"key": "k", "value": 2, "etag": "e"}]);
        assert_eq!(store.try_save(&over).await.code(), (409, SAVE.to_owned()));
        assert_eq!(store.delete("k", Some("e"), "").await.code(), (409, DELETE.to_owned()));
    }
}

pub(crate) async fn an_empty_version_is_none(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "k", "value": 1}])).await;
        store.save(json!([{"key": "k", "value": 2, "etag": ""}])).await;
        assert_eq!(store.get("k").await.json(), 2);
    }
}

pub(crate) async fn a_version_is_text(engine: &Engine) {
    for store in both_stores(engine).await {
        let number = json!([{"key": "k", "value": 1, "etag": 1}]);
        let malformed = (400, "ERR_MALFORMED_REQUEST".to_owned());
        assert_eq!(store.try_save(&number).await.code(), malformed);
    }
}

pub(crate) async fn the_first_write_makes_what_is_not_there_and_nothing_else(engine: &Engine) {
    for store in both_stores(engine).await {
        let first = json!([{"key": "k", "value": 1, "options": {"concurrency": "first-write"}}]);
        assert_eq!(store.try_save(&first).await.status(), 204);
        assert_eq!(store.try_save(&first).await.code(), (409, SAVE.to_owned()));
        let last = json!([{"key": "k", "value": 2, "options": {"concurrency": "last-write"}}]);
        assert_eq!(store.try_save(&last).await.status(), 204);
    }
}

pub(crate) async fn a_version_counts_whatever_write_wins(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "k", "value": 1}])).await;
        let options = json!({"concurrency": "last-write"});
        let last = json!([{"key": "k", "value": 2, "etag": "e", "options": options}]);
        assert_eq!(store.try_save(&last).await.code(), (409, SAVE.to_owned()));
    }
}

pub(crate) async fn a_delete_of_its_own_version_is_made_and_of_another_is_not(engine: &Engine) {
    for store in both_stores(engine).await {
        let etag = store.etag_of("k", json!(1)).await;
        assert_eq!(store.delete("k", Some("other"), "").await.code(), (409, DELETE.to_owned()));
        assert_eq!(store.delete("k", Some(&etag), "").await.status(), 204);
        assert_eq!(store.get("k").await.status(), 204);
    }
}

pub(crate) async fn a_first_write_deletes_without_a_version_from_the_file_alone(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "k", "value": 1}])).await;
        let answer = store.delete("k", None, "?concurrency=first-write").await;
        let expected = if store.name == "file" { 204 } else { 409 };
        assert_eq!(answer.status(), expected, "{}", store.name);
    }
}

pub(crate) async fn of_several_saves_those_that_match_are_made(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "a", "value": 1}])).await;
        let items = json!([
            {"key": "a", "value": 2, "etag": "other"},
            {"key": "b", "value": 2},
        ]);
        assert_eq!(store.try_save(&items).await.code(), (409, SAVE.to_owned()));
        assert_eq!(store.get("a").await.json(), 1, "{}", store.name);
        assert_eq!(store.get("b").await.json(), 2, "{}", store.name);
    }
}

pub(crate) async fn options_that_nobody_knows_are_refused_by_the_store(engine: &Engine) {
    for store in both_stores(engine).await {
        for options in [json!({"concurrency": "none"}), json!({"consistency": "some"})] {
            let item = json!([{"key": "k", "value": 1, "options": options}]);
            assert_eq!(store.try_save(&item).await.code(), (500, SAVE.to_owned()), "{options}");
        }
        let answer = store.delete("k", None, "?concurrency=none").await;
        assert_eq!(answer.code(), (500, DELETE.to_owned()));
    }
}
