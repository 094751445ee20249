//! The calls of the API about state.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use dapr_protocol::RequestMetadata;
use dapr_protocol::api_call::StateCall;
use dapr_protocol::error_body::{no_content, read_object};
use dapr_protocol::metadata::parameter;
use dapr_protocol::state::{
    BulkGet, BulkStateItem, Operation, StateItem, StateOptions, StateRefusal, StateRefusalReason,
    StoredState, TransactionBody, TransactionError,
};
use http::header::IF_MATCH;
use http::{Request, Response};

use super::change::{Applied, Change, Effect, Entry, Together};
use super::component::{OpenStates, StateComponent};
use super::error::StateStoreError;
use crate::clock::Clock;

pub(crate) struct StateService {
    pub(crate) app_id: String,
    pub(crate) stores: OpenStates,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) max_body_bytes: usize,
}

type Answer = Result<Response<Bytes>, StateRefusalReason>;

const TOO_LARGE: &str = "stream too large";

impl StateService {
    pub(crate) async fn answer(
        &self,
        store: &str,
        call: &StateCall,
        request: &Request<Bytes>,
    ) -> Response<Bytes> {
        let answer = match self.store(store) {
            Ok(found) => self.answer_from(found, call, request).await,
            Err(reason) => Err(reason),
        };
        answer.unwrap_or_else(|reason| {
            let (app_id, store) = (self.app_id.clone(), store.to_owned());
            StateRefusal { app_id, store, reason }.to_http()
        })
    }

    async fn answer_from(
        &self,
        store: &StateComponent,
        call: &StateCall,
        request: &Request<Bytes>,
    ) -> Answer {
        match call {
            StateCall::Get { key } => self.get(store, key).await,
            StateCall::BulkGet => self.bulk_get(store, request).await,
            StateCall::Save => self.save(store, request).await,
            StateCall::Delete { key } => self.delete(store, key, request).await,
            StateCall::Transaction => self.change_together(store, request).await,
            StateCall::Query => Err(StateRefusalReason::QueryUnsupported),
        }
    }

    async fn get(&self, store: &StateComponent, key: &str) -> Answer {
        let full = full_key(store, key)?;
        let read = store.read(vec![full], self.clock.now()).await;
        let failed = |error: StateStoreError| {
            let (key, error) = (key.to_owned(), text(&error));
            StateRefusalReason::NotRead { key, error }
        };
        let entry = read.map_err(failed)?.pop().flatten();
        Ok(StoredState::to_http(entry.as_ref().map(stored).as_ref()))
    }

    async fn bulk_get(&self, store: &StateComponent, request: &Request<Bytes>) -> Answer {
        let malformed = |error: String| StateRefusalReason::Body { error };
        let BulkGet { keys, .. } = read_object(self.body(request).map_err(malformed)?)
            .map_err(|error| malformed(error.to_string()))?;
        let full: Result<Vec<_>, _> = keys.iter().map(|key| full_key(store, key)).collect();
        let entries = store
            .read(full?, self.clock.now())
            .await
            .map_err(|error| StateRefusalReason::BulkNotRead { error: text(&error) })?;
        let items: Vec<BulkStateItem> = keys
            .into_iter()
            .zip(entries)
            .map(|(key, entry)| BulkStateItem::new(key, entry.as_ref().map(stored).as_ref()))
            .collect();
        Ok(BulkStateItem::to_http(&items))
    }

    /// Each item for itself: where some do not apply, the others are written all the same.
    async fn save(&self, store: &StateComponent, request: &Request<Bytes>) -> Answer {
        let malformed = |error: String| StateRefusalReason::SaveBody { error };
        let items: Option<Vec<StateItem>> =
            serde_json::from_slice(self.body(request).map_err(malformed)?)
                .map_err(|error| malformed(error.to_string()))?;
        let metadata = RequestMetadata::from_query(request.uri().query());
        let now = self.clock.now();
        let not_saved = |error| StateRefusalReason::NotSaved { error };
        let mut changes = Vec::new();
        for mut item in items.unwrap_or_default() {
            if item.key.is_empty() {
                return Err(malformed("\"key\" is a required field".to_owned()));
            }
            item.metadata = item.metadata.overridden_by(&metadata);
            let key = full_key(store, &item.key)?;
            changes.push(Change::put(key, &item, now).map_err(not_saved)?);
        }
        if changes.is_empty() {
            return Ok(no_content());
        }
        let applied = store.apply(changes, Together::Each, now).await;
        match applied.map_err(|error| not_saved(text(&error)))?.contains(&Applied::Mismatch) {
            false => Ok(no_content()),
            true => Err(StateRefusalReason::SaveMismatch { error: StateRefusalReason::mismatch() }),
        }
    }

    async fn delete(&self, store: &StateComponent, key: &str, request: &Request<Bytes>) -> Answer {
        let full = full_key(store, key)?;
        let query = request.uri().query();
        let options = StateOptions {
            concurrency: parameter(query, "concurrency").unwrap_or_default(),
            consistency: parameter(query, "consistency").unwrap_or_default(),
        };
        let failed = |error: String| StateRefusalReason::NotDeleted { key: key.to_owned(), error };
        let concurrency = options.concurrency().map_err(|error| failed(error.to_string()))?;
        let etag = request.headers().get(IF_MATCH).and_then(|etag| etag.to_str().ok());
        let condition = store.condition_of_delete(etag, concurrency);
        let change = Change { key: full, condition, effect: Effect::Remove };
        let applied = store.apply(vec![change], Together::Each, self.clock.now()).await;
        match applied.map_err(|error| failed(text(&error)))?.contains(&Applied::Mismatch) {
            false => Ok(no_content()),
            true => Err(StateRefusalReason::DeleteMismatch {
                key: key.to_owned(),
                error: StateRefusalReason::mismatch(),
            }),
        }
    }

    async fn change_together(&self, store: &StateComponent, request: &Request<Bytes>) -> Answer {
        let malformed = |error: String| StateRefusalReason::Body { error };
        let body = TransactionBody::read(self.body(request).map_err(malformed)?)
            .map_err(|error| malformed(error.to_string()))?;
        let metadata = RequestMetadata::from_query(request.uri().query());
        let now = self.clock.now();
        let operations = body.operations().map_err(|error| match error {
            TransactionError::Unsupported { .. } => {
                StateRefusalReason::UnsupportedOperation { error: error.to_string() }
            }
            TransactionError::Malformed(error) => malformed(error.to_string()),
        })?;
        let failed = |error| StateRefusalReason::TransactionFailed { error };
        let mut changes = Vec::with_capacity(operations.len());
        for operation in operations {
            changes.push(change_of(store, operation, &metadata, now)?.map_err(failed)?);
        }
        if changes.is_empty() {
            return Ok(no_content());
        }
        let applied = store.apply(changes, Together::AllOrNone, now).await;
        match applied.map_err(|error| failed(text(&error)))?.contains(&Applied::Mismatch) {
            false => Ok(no_content()),
            true => Err(failed(StateRefusalReason::mismatch())),
        }
    }

    fn store(&self, name: &str) -> Result<&StateComponent, StateRefusalReason> {
        if self.stores.is_empty() {
            return Err(StateRefusalReason::NoStores);
        }
        self.stores.get(name).map(Arc::as_ref).ok_or(StateRefusalReason::StoreNotFound)
    }

    fn body<'a>(&self, request: &'a Request<Bytes>) -> Result<&'a [u8], String> {
        let body = request.body();
        if body.len() > self.max_body_bytes { Err(TOO_LARGE.to_owned()) } else { Ok(body) }
    }
}

/// The outer error is the caller's, the inner one the store's.
fn change_of(
    store: &StateComponent,
    operation: Operation,
    metadata: &RequestMetadata,
    now: DateTime<Utc>,
) -> Result<Result<Change, String>, StateRefusalReason> {
    Ok(match operation {
        Operation::Upsert(mut item) => {
            item.metadata = item.metadata.overridden_by(metadata);
            Change::put(full_key(store, &item.key)?, &item, now)
        }
        Operation::Delete(item) => {
            let key = full_key(store, &item.key)?;
            let concurrency = item.options.concurrency().map_err(|error| error.to_string());
            concurrency.map(|concurrency| Change {
                key,
                condition: store.condition_of_delete(item.etag.as_deref(), concurrency),
                effect: Effect::Remove,
            })
        }
    })
}

fn full_key(store: &StateComponent, key: &str) -> Result<String, StateRefusalReason> {
    store.keys.full(key).map_err(|_| StateRefusalReason::IllegalKey { key: key.to_owned() })
}

fn stored(entry: &Entry) -> StoredState {
    let expires = entry.expires_at_s.and_then(|at| DateTime::from_timestamp(at, 0));
    StoredState {
        data: entry.data(),
        etag: Some(entry.etag.clone()),
        expires_at: expires.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
    }
}

/// The error with its cause: whoever reads the answer has no log at hand.
fn text(error: &StateStoreError) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
