//! Values that end by themselves.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::both_stores;
use crate::engine::{Answer, Engine};

pub(crate) async fn a_value_tells_when_it_ends(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "k", "value": 1, "metadata": {"ttlInSeconds": "60"}}])).await;
        let answer = store.get("k").await;
        let told = answer.text_of("metadata.ttlexpiretime").expect("an end");
        told.parse::<DateTime<Utc>>().expect("a time");
        let bulk = store.bulk(json!({"keys": ["k"]})).await;
        assert_eq!(bulk[0]["metadata"]["ttlExpireTime"], told);
    }
}

pub(crate) async fn a_value_is_gone_after_its_end(engine: &Engine) {
    for store in both_stores(engine).await {
        // So long that a busy machine still looks before the end.
        store.save(json!([{"key": "k", "value": 1, "metadata": {"ttlInSeconds": "5"}}])).await;
        assert_eq!(store.get("k").await.status(), 200);
        engine.until(async || store.get("k").await.status() == 204).await;
        let first = json!([{"key": "k", "value": 2, "options": {"concurrency": "first-write"}}]);
        assert_eq!(store.try_save(&first).await.status(), 204, "what has ended is not there");
    }
}

pub(crate) async fn saving_again_takes_the_end_away(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "k", "value": 1, "metadata": {"ttlInSeconds": "60"}}])).await;
        store.save(json!([{"key": "k", "value": 1}])).await;
        assert_eq!(store.get("k").await.text_of("metadata.ttlexpiretime"), None);
    }
}

pub(crate) async fn zero_is_no_end_and_nonsense_is_refused(engine: &Engine) {
    for store in both_stores(engine).await {
        store.save(json!([{"key": "k", "value": 1, "metadata": {"ttlInSeconds": "0"}}])).await;
        assert_eq!(store.get("k").await.text_of("metadata.ttlexpiretime"), None);
        let nonsense = json!([{"key": "k", "value": 1, "metadata": {"ttlInSeconds": "soon"}}]);
        assert_eq!(store.try_save(&nonsense).await.code(), (500, "ERR_STATE_SAVE".to_owned()));
    }
}
