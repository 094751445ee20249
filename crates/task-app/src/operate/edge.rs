//! The paths that every app answers, whichever components it holds.

use bytes::Bytes;
use http::{Method, StatusCode};
use task_contracts::names::route;
use task_store::Store;

use super::{metrics, subscriptions};
use crate::{Platform, Problem, Request, Response, Settings, auth, consume};

pub async fn handle<P: Platform>(platform: &P, settings: &Settings, request: &Request) -> Response {
    let path = request.uri().path().trim_end_matches('/');
    match path {
        "/healthz" => text("ok\n"),
        "/readyz" => ready(platform).await,
        "/metrics" => metrics::answer(platform).await,
        "/dapr/subscribe" => subscriptions::answer(settings, request),
        route::IGNORE => consume::answer(request, settings, consume::ignore).await,
        _ if is_inbound(path) => absent(settings, request),
        _ => Problem::not_found("nothing is here").into_response(),
    }
}

/// Whether the database answers with a schema that this release knows. The sidecar asks too: in an
/// outage it then holds deliveries back, instead of giving up on them.
async fn ready<P: Platform>(platform: &P) -> Response {
    match platform.store().ping().await {
        Ok(schema_version) => text(&format!("ready, schema version {schema_version}\n")),
        Err(error) => {
            tracing::error!(%error, "not ready");
            Problem::unavailable().into_response()
        }
    }
}

fn is_inbound(path: &str) -> bool {
    ["/events/", "/job/", "/cron/"].iter().any(|prefix| path.starts_with(prefix))
}

/// A message for a component that this app does not hold. A 404 would eat it; a 503 keeps it with
/// the broker until the deployment is mended. The start-up probe of a binding asks by OPTIONS, and
/// is told that the binding is not for this app.
fn absent(settings: &Settings, request: &Request) -> Response {
    if request.method() == Method::OPTIONS {
        return Problem::not_found("no component of this app takes this").into_response();
    }
    if let Err(problem) = auth::admit_dapr(request, settings) {
        return problem.into_response();
    }
    let path = request.uri().path();
    tracing::error!(%path, "a delivery for a component that this app does not hold");
    Problem::unavailable().into_response()
}

fn text(body: &str) -> Response {
    let mut response = Response::new(Bytes::from(body.to_owned()));
    *response.status_mut() = StatusCode::OK;
    response
}
