//! The routes that the benchmark calls.

use std::fmt::Display;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::clock;
use crate::store::{Gauges, Store};
use crate::task::{CreateOutcome, Draft};
use crate::token;

/// A page that renders at once.
const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 200;

#[derive(Clone)]
struct Service {
    store: Store,
    committed: Arc<Notify>,
}

#[derive(Deserialize)]
struct SignUp {
    email: String,
}

#[derive(Deserialize)]
struct ListQuery {
    limit: Option<u32>,
}

pub(crate) fn service(store: Store, committed: Arc<Notify>) -> Router {
    Router::new()
        .route("/api/auth/signup", post(sign_up))
        .route("/api/me/tasks", get(list).post(create))
        .route("/metrics", get(metrics))
        .with_state(Service { store, committed })
}

/// Without a password: accounts are not what is measured.
async fn sign_up(State(service): State<Service>, Json(body): Json<SignUp>) -> Response {
    let (user, now) = (clock::mint(), clock::now());
    let created = service.store.sign_up(user, body.email, now).await;
    match (created, token::issue(user, now)) {
        (Ok(()), Some(token)) => {
            (StatusCode::CREATED, Json(json!({"access_token": token}))).into_response()
        }
        (Err(error), _) => failed(error),
        (_, None) => failed("the token could not be signed"),
    }
}

async fn list(
    State(service): State<Service>,
    headers: HeaderMap,
    Query(query): Query<ListQuery>,
) -> Response {
    let Some(user) = user(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    let limit = query.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    match service.store.list(user, limit).await {
        Ok(Some(page)) => Json(page).into_response(),
        Ok(None) => StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => failed(error),
    }
}

async fn create(
    State(service): State<Service>,
    headers: HeaderMap,
    Json(draft): Json<Draft>,
) -> Response {
    let Some(user) = user(&headers) else { return StatusCode::UNAUTHORIZED.into_response() };
    match service.store.create(user, draft, clock::now()).await {
        Ok(CreateOutcome::Created(task)) => {
            service.committed.notify_one();
            (StatusCode::CREATED, Json(task)).into_response()
        }
        Ok(CreateOutcome::RateLimited) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Ok(CreateOutcome::NoSuchUser) => StatusCode::UNAUTHORIZED.into_response(),
        Err(error) => failed(error),
    }
}

async fn metrics(State(service): State<Service>) -> Response {
    match service.store.gauges().await {
        Ok(Gauges { pending, published }) => format!(
            "taskmaster_outbox_pending {pending}\ntaskmaster_events_published_total {published}\n"
        )
        .into_response(),
        Err(error) => failed(error),
    }
}

fn user(headers: &HeaderMap) -> Option<Uuid> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    token::verify(value.strip_prefix("Bearer ")?)
}

fn failed(error: impl Display) -> Response {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response()
}
