//! The paths of the relay component.

use super::{dead_letters, sweep};
use crate::{Platform, Problem, Request, Response, Settings, consume};
use task_contracts::names::route;

pub async fn handle<P: Platform>(platform: &P, settings: &Settings, request: &Request) -> Response {
    match request.uri().path().trim_end_matches('/') {
        route::CRON_RELAY => sweep::sweep(platform, settings, request).await,
        route::DEAD_LETTER => {
            consume::answer(request, settings, async |message| {
                consume::bury_dead_letter(platform, message).await
            })
            .await
        }
        path if path.starts_with("/admin/dead-letters") => {
            dead_letters::handle(platform, settings, request).await
        }
        _ => Problem::not_found("nothing is here").into_response(),
    }
}
