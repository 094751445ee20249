//! State: the same cases on a store in memory and on one in a file.

pub(super) mod bulk;
pub(super) mod etags;
pub(super) mod refusals;
pub(super) mod time_to_live;
pub(super) mod transactions;
pub(super) mod values;

use std::rc::Rc;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use crate::engine::{Answer, Engine, Sidecar, request};

const STORES: &str = "
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: memory}
spec: {type: state.in-memory, version: v1}
---
apiVersion: dapr.io/v1alpha1
kind: Component
metadata: {name: file}
spec:
  type: state.sqlite
  version: v1
  metadata:
  - {name: connectionString, value: DIR/state.db}
";

/// One store of a sidecar.
struct Store {
    sidecar: Rc<Sidecar>,
    name: &'static str,
}

async fn both_stores(engine: &Engine) -> [Store; 2] {
    let sidecar = Rc::new(engine.start(STORES, &engine.content_app()).await);
    ["memory", "file"].map(|name| Store { sidecar: Rc::clone(&sidecar), name })
}

impl Store {
    fn path(&self, rest: &str) -> String {
        format!("/v1.0/state/{}{rest}", self.name)
    }

    async fn try_save(&self, items: &Value) -> Response<Bytes> {
        self.sidecar.post_json(&self.path(""), items).await
    }

    async fn save(&self, items: Value) {
        let answer = self.try_save(&items).await;
        assert_eq!(answer.status(), 204, "{items}: {:?}", answer.body());
    }

    async fn get(&self, key: &str) -> Response<Bytes> {
        self.sidecar.get(&self.path(&format!("/{key}"))).await
    }

    /// The version under which a value is there once it was saved.
    async fn etag_of(&self, key: &str, value: Value) -> String {
        self.save(json!([{"key": key, "value": value}])).await;
        self.get(key).await.text_of("etag").expect("an etag").to_owned()
    }

    async fn delete(&self, key: &str, etag: Option<&str>, query: &str) -> Response<Bytes> {
        let mut delete = request("DELETE", &self.path(&format!("/{key}{query}")));
        if let Some(etag) = etag {
            delete.headers_mut().insert("if-match", etag.parse().expect("a value"));
        }
        self.sidecar.call(delete).await
    }

    async fn bulk(&self, body: Value) -> Value {
        self.sidecar.post_json(&self.path("/bulk"), &body).await.json()
    }

    async fn transaction(&self, body: &Value) -> Response<Bytes> {
        self.sidecar.post_json(&self.path("/transaction"), body).await
    }
}
