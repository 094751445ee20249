//! Calling output bindings: which component is meant, what it may do, and how it says no.

use std::collections::BTreeMap;

use bytes::Bytes;
use dapr_protocol::bindings::{BindingCall, BindingResponse};
use dapr_protocol::error_body::{ErrorBody, MALFORMED_REQUEST};
use dapr_protocol::headers::TRACEPARENT;
use http::{Response, StatusCode};

use super::http::HttpBinding;
use super::smtp::SmtpBinding;

/// A component that does something outside.
pub(crate) enum OutputBinding {
    Smtp(Box<SmtpBinding>),
    Http(Box<HttpBinding>),
}

/// Why a component did not do it.
#[derive(Debug)]
pub(crate) struct BindingFailure {
    pub(super) reason: String,
    /// What the other end said all the same.
    pub(super) response: BindingResponse,
}

/// The output bindings of a sidecar, by name.
pub(crate) struct OutputBindings {
    pub(crate) components: BTreeMap<String, OutputBinding>,
    pub(crate) max_body_bytes: usize,
}

impl OutputBindings {
    /// `POST /v1.0/bindings/{name}`. Dapr has one error for all that is behind the call, an unknown
    /// name included. The caller's trace goes along, over what the body says of one.
    pub(crate) async fn call(
        &self,
        name: &str,
        body: &Bytes,
        trace: Option<&str>,
    ) -> Response<Bytes> {
        let malformed = |body: ErrorBody| body.to_http(StatusCode::BAD_REQUEST);
        if body.len() > self.max_body_bytes {
            let message = "failed deserializing HTTP body: stream too large";
            return malformed(ErrorBody::plain(MALFORMED_REQUEST, message));
        }
        let mut call = match BindingCall::read(body) {
            Ok(call) => call,
            Err(refusal) => return malformed(refusal),
        };
        if let Some(trace) = trace {
            call.metadata.insert(TRACEPARENT.to_owned(), trace.to_owned());
        }
        match self.invoke(name, &call).await {
            Ok(response) => response.to_http(),
            Err(BindingFailure { reason, response }) => {
                tracing::warn!(binding = name, operation = call.operation, reason, "not done");
                response.to_refusal(name, &reason)
            }
        }
    }

    async fn invoke(
        &self,
        name: &str,
        call: &BindingCall,
    ) -> Result<BindingResponse, BindingFailure> {
        let operation = &call.operation;
        if operation.is_empty() {
            return Err("operation field is missing from request".to_owned().into());
        }
        let Some(binding) = self.components.get(name) else {
            return Err(format!("couldn't find output binding {name}").into());
        };
        let supported = binding.operations();
        if !supported.contains(&operation.as_str()) {
            let supported = supported.join(" ");
            let refusal = format!(
                "binding {name} does not support operation {operation}. supported operations:\
                 {supported}"
            );
            return Err(refusal.into());
        }
        binding.invoke(call).await
    }
}

impl OutputBinding {
    fn operations(&self) -> Vec<&'static str> {
        match self {
            Self::Smtp(_) => SmtpBinding::operations(),
            Self::Http(_) => HttpBinding::operations(),
        }
    }

    async fn invoke(&self, call: &BindingCall) -> Result<BindingResponse, BindingFailure> {
        match self {
            Self::Smtp(binding) => binding.invoke(call).await,
            Self::Http(binding) => binding.invoke(call).await,
        }
    }
}

impl From<String> for BindingFailure {
    fn from(reason: String) -> Self {
        Self { reason, response: BindingResponse::default() }
    }
}

/// An error with its causes: the caller of a binding has no log at hand.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
