//! `POST /v1.0/state/{store}/transaction`: all of it, or nothing.

use bytes::Bytes;
use http::{Method, Request};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::item::StateItem;
use crate::endpoint::{DaprEndpoint, RequestError};
use crate::error_body::{null_as_default, read_object};
use crate::headers::JSON;
use crate::metadata::RequestMetadata;
use crate::path;

/// A transaction, as the app states it.
#[derive(Clone, Debug)]
pub struct StateTransaction {
    pub store: String,
    pub operations: Vec<Operation>,
}

/// One step of a transaction.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    Upsert(StateItem),
    /// The item's value is ignored.
    Delete(StateItem),
}

/// The body of a transaction, as the sidecar reads it.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct TransactionBody {
    #[serde(deserialize_with = "null_as_default")]
    operations: Vec<IncomingOperation>,
    #[serde(deserialize_with = "null_as_default")]
    pub metadata: RequestMetadata,
}

/// Why an operation is none.
#[derive(Debug, thiserror::Error)]
pub enum TransactionError {
    #[error("operation type {operation} not supported")]
    Unsupported { operation: String },
    #[error(transparent)]
    Malformed(serde_json::Error),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct IncomingOperation {
    #[serde(deserialize_with = "null_as_default")]
    operation: String,
    request: Value,
}

const UPSERT: &str = "upsert";
const DELETE: &str = "delete";

impl StateTransaction {
    pub fn to_http(&self, dapr: &DaprEndpoint) -> Result<Request<Bytes>, RequestError> {
        let path = format!("/v1.0/state/{}/transaction", path::segment(&self.store));
        let operations: Vec<Value> = self.operations.iter().map(Operation::to_json).collect();
        let body = json!({"operations": operations}).to_string();
        dapr.with_body(Method::POST, &path, JSON, body.into())
    }
}

impl Operation {
    fn to_json(&self) -> Value {
        let (operation, item) = match self {
            Self::Upsert(item) => (UPSERT, item),
            Self::Delete(item) => (DELETE, item),
        };
        json!({"operation": operation, "request": item})
    }
}

impl TransactionBody {
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        read_object(body)
    }

    /// The operations in their order, up to the first that is none.
    pub fn operations(&self) -> Result<Vec<Operation>, TransactionError> {
        self.operations.iter().map(IncomingOperation::read).collect()
    }
}

impl IncomingOperation {
    fn read(&self) -> Result<Operation, TransactionError> {
        let item = || -> Result<StateItem, TransactionError> {
            match &self.request {
                Value::Null => Ok(StateItem::default()),
                request => StateItem::deserialize(request).map_err(TransactionError::Malformed),
            }
        };
        match self.operation.as_str() {
            UPSERT => Ok(Operation::Upsert(item()?)),
            DELETE => Ok(Operation::Delete(item()?)),
            operation => Err(TransactionError::Unsupported { operation: operation.to_owned() }),
        }
    }
}
