//! What the health checks answer from. Two stages: components, then the app.

use bytes::Bytes;
use dapr_protocol::error_body::no_content;
use dapr_protocol::runtime::{HealthScope, app_id_mismatch, expected_app_id};
use http::Response;
use tokio::sync::watch;

/// How far the start-up has come. Components are loaded before anything can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// Waiting for the app.
    Outbound,
    Everything,
}

#[derive(Debug)]
pub(crate) struct ReadinessSwitch {
    state: watch::Sender<Readiness>,
}

impl ReadinessSwitch {
    pub(crate) fn new() -> Self {
        Self { state: watch::Sender::new(Readiness::Outbound) }
    }

    pub(crate) fn complete(&self) {
        self.state.send_replace(Readiness::Everything);
    }

    pub(crate) async fn completed(&self) {
        let mut state = self.state.subscribe();
        // The sender lives as long as `self`, so the wait cannot fail.
        let _ = state.wait_for(|state| *state == Readiness::Everything).await;
    }

    /// `GET /v1.0/healthz` and `/v1.0/healthz/outbound`.
    pub(crate) fn answer(
        &self,
        scope: HealthScope,
        app_id: &str,
        query: Option<&str>,
    ) -> Response<Bytes> {
        if expected_app_id(query).is_some_and(|expected| expected != app_id) {
            return app_id_mismatch();
        }
        match (scope, *self.state.borrow()) {
            (HealthScope::Everything, Readiness::Outbound) => scope.not_ready(&["app"]),
            _ => no_content(),
        }
    }
}
