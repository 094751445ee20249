//! One request, one answer. Every area's calls meet here.

use std::sync::Arc;

use bytes::Bytes;
use dapr_protocol::ApiCall;
use dapr_protocol::error_body::{BODY_READ, ErrorBody, no_content};
use dapr_protocol::headers::{EMPTY_TRACEPARENT, TRACEPARENT, carries_token, trace_of};
use dapr_protocol::publish::{BulkOutcome, FailedEntry, PublishRefusal, RefusalReason};
use dapr_protocol::runtime::{HealthScope, bad_escape, invalid_token, unserved};
use http::{HeaderValue, Request, Response, StatusCode};
use tokio_util::sync::CancellationToken;

use super::Cors;
use crate::bindings::OutputBindings;
use crate::conversation::Conversations;
use crate::jobs::JobService;
use crate::lock;
use crate::pubsub::{PublishCall, Publisher};
use crate::resources::Configuration;
use crate::runtime::{Labelled, Running, SelfDescription};
use crate::secrets::Secrets;
use crate::state::StateService;

pub(crate) struct Api {
    pub(crate) token: Option<String>,
    pub(crate) cors: Option<Cors>,
    pub(crate) configuration: Configuration,
    pub(crate) publisher: Publisher,
    pub(crate) jobs: JobService,
    pub(crate) bindings: OutputBindings,
    pub(crate) state: StateService,
    pub(crate) secrets: Secrets,
    pub(crate) conversations: Conversations,
    pub(crate) description: SelfDescription,
    pub(crate) running: Arc<Running>,
    /// Cancelled by the shutdown call; whoever owns the process acts on it.
    pub(crate) shutdown_requested: CancellationToken,
    pub(crate) max_body_bytes: usize,
}

impl Api {
    pub(crate) async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        if let Some(answer) = self.cors.as_ref().and_then(|cors| cors.preflight(&request)) {
            return answer;
        }
        let mut response = self.answer(&request).await;
        if !request.uri().path().contains("/healthz")
            && let Some(Ok(trace)) = self.trace(&request).map(HeaderValue::from_str)
        {
            response.headers_mut().insert(TRACEPARENT, trace);
        }
        if let Some(cors) = &self.cors {
            cors.admit(request.headers(), response.headers_mut());
        }
        response
    }

    async fn answer(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let call = ApiCall::parse(request.method(), request.uri().path());
        // Before anything else: without the token not even an unknown path is told from a known.
        if let Some(token) = &self.token
            && !call.is_open()
            && !carries_token(request.headers(), token)
        {
            return invalid_token();
        }
        if call.group().is_some_and(|group| !self.configuration.api.serves(group)) {
            return unserved(request.headers());
        }
        self.dispatch(&call, request).await
    }

    /// The trace a call belongs to: the caller's, else that of nobody.
    fn trace<'a>(&self, request: &'a Request<Bytes>) -> Option<&'a str> {
        let stated = trace_of(request.headers()).unwrap_or(EMPTY_TRACEPARENT);
        self.configuration.tracing.then_some(stated)
    }

    async fn dispatch(&self, call: &ApiCall, request: &Request<Bytes>) -> Response<Bytes> {
        let query = request.uri().query();
        match call {
            ApiCall::Publish { pubsub, topic } => {
                match self.publisher.publish(&publish_call(pubsub, topic, request)).await {
                    Ok(()) => no_content(),
                    Err(refusal) => refusal.to_http(),
                }
            }
            ApiCall::BulkPublish { pubsub, topic, .. } => {
                match self.publisher.publish_bulk(&publish_call(pubsub, topic, request)).await {
                    Ok(()) => no_content(),
                    Err(refusal) => bulk_refusal(&refusal, request.body()),
                }
            }
            ApiCall::ScheduleJob { name, .. } => {
                match self.jobs.schedule(name, request.body()).await {
                    Ok(()) => no_content(),
                    Err(refusal) => refusal.to_http(),
                }
            }
            ApiCall::GetJob { name, .. } => match self.jobs.get(name).await {
                Ok(job) => job.to_answer(),
                Err(refusal) => refusal.to_http(),
            },
            ApiCall::DeleteJob { name, .. } => match self.jobs.delete(name).await {
                Ok(()) => no_content(),
                Err(refusal) => refusal.to_http(),
            },
            ApiCall::InvokeBinding { name } => {
                self.bindings.call(name, request.body(), self.trace(request)).await
            }
            ApiCall::State { store, call } => self.state.answer(store, call, request).await,
            ApiCall::Secrets { store, call } => self.secrets.answer(store, call),
            ApiCall::Converse { component } => {
                self.conversations.converse(component, request.body())
            }
            ApiCall::Healthz => self.health(HealthScope::Everything, query),
            ApiCall::HealthzOutbound => self.health(HealthScope::Outbound, query),
            ApiCall::Metadata => {
                let consumers = lock(&self.running.consumers).clone();
                self.description.document(consumers.iter().map(|it| it.subscription())).to_http()
            }
            ApiCall::SetMetadata { key } => self.set_label(key, request.body()),
            ApiCall::Shutdown => {
                self.shutdown_requested.cancel();
                no_content()
            }
            ApiCall::BadEscape => bad_escape(),
            ApiCall::Unserved => unserved(request.headers()),
        }
    }

    fn health(&self, scope: HealthScope, query: Option<&str>) -> Response<Bytes> {
        self.running.readiness.answer(scope, &self.description.app_id, query)
    }

    fn set_label(&self, key: &str, body: &Bytes) -> Response<Bytes> {
        let refuse = |reason: &str| {
            let message = format!("failed to read request body: {reason}");
            ErrorBody::plain(BODY_READ, message).to_http(StatusCode::BAD_REQUEST)
        };
        if body.len() > self.max_body_bytes {
            return refuse("stream too large");
        }
        let Ok(value) = std::str::from_utf8(body) else { return refuse("not UTF-8") };
        match self.description.label(key.to_owned(), value.to_owned()) {
            Labelled::Set => no_content(),
            Labelled::TooMany => refuse("too many labels"),
        }
    }
}

fn publish_call<'a>(
    pubsub: &'a str,
    topic: &'a str,
    request: &'a Request<Bytes>,
) -> PublishCall<'a> {
    let (query, headers, body) = (request.uri().query(), request.headers(), request.body());
    PublishCall { pubsub, topic, query, headers, body }
}

/// A bulk the log did not take names every entry as failed: a bulk is appended whole or not at
/// all.
fn bulk_refusal(refusal: &PublishRefusal, body: &Bytes) -> Response<Bytes> {
    let RefusalReason::Broker { error } = &refusal.reason else { return refusal.to_http() };
    let entries: dapr_protocol::publish::BulkBody = match serde_json::from_slice(body) {
        Ok(entries) => entries,
        Err(_) => return refusal.to_http(),
    };
    let failed = entries
        .0
        .into_iter()
        .map(|entry| FailedEntry { entry_id: entry.entry_id, error: error.clone() })
        .collect();
    BulkOutcome::failed_to_http(failed, &refusal.body())
}
