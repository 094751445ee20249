//! `GET …/export`: all tasks of a user as a file, written page by page.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use serde::Deserialize;
use task_interchange::{Format, Writer};
use task_store::query::{Filter, TaskPage, TaskQuery};
use task_store::{Caller, Store};

use super::identity;
use crate::api::{Call, gone};
use crate::limits::EXPORT_PAGE;
use crate::ports::{BodySink, Disconnected, Responder};
use crate::{Platform, Problem, request};

/// Query parameters of `GET …/export`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct ExportQuery {
    /// `json` (the default), `csv`, `todotxt` or `ics`.
    format: Option<String>,
}

/// Why a file ends before its end.
enum Broken {
    Client(Disconnected),
    Service(Problem),
}

pub(super) async fn export<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    responder: impl Responder,
) {
    // Whatever can be refused is refused before there is a head.
    match first_page(call, caller).await {
        Err(problem) => responder.answer(problem.into_response()).await,
        Ok((format, page)) => {
            let mut sink = responder.begin(head(format));
            match write(call, caller, format, page, &mut sink).await {
                Ok(()) | Err(Broken::Client(Disconnected)) => {}
                Err(Broken::Service(problem)) => {
                    tracing::error!(status = problem.status(), "an export was cut off");
                    sink.abort();
                }
            }
        }
    }
}

async fn first_page<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<(Format, TaskPage), Problem> {
    let query: ExportQuery = request::query(call.request)?;
    let format = match query.format.as_deref() {
        None => Format::Json,
        Some(name) => Format::from_name(name)
            .ok_or_else(|| Problem::invalid_field("format", "json, csv, todotxt or ics"))?,
    };
    Ok((format, page(call, caller, None).await?))
}

async fn page<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    cursor: Option<String>,
) -> Result<TaskPage, Problem> {
    let query = TaskQuery { cursor, ..TaskQuery::all(Filter::All, EXPORT_PAGE) };
    call.platform.store().list(caller, &query).await?.ok_or_else(gone)
}

async fn write<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    format: Format,
    mut page: TaskPage,
    sink: &mut impl BodySink,
) -> Result<(), Broken> {
    let mut writer = Writer::new(format);
    let mut text = String::new();
    writer.begin(&mut text);
    loop {
        for record in &page.tasks {
            let uid = identity::exported(record.number, caller.user);
            writer.task(&uid, &record.task, &mut text);
        }
        let Some(cursor) = page.next_cursor.take() else { break };
        let piece = Bytes::from(std::mem::take(&mut text));
        sink.send(piece).await.map_err(Broken::Client)?;
        page = self::page(call, caller, Some(cursor)).await.map_err(Broken::Service)?;
    }
    writer.end(&mut text);
    sink.send(Bytes::from(text)).await.map_err(Broken::Client)
}

fn head(format: Format) -> http::Response<()> {
    let mut head = http::Response::new(());
    *head.status_mut() = StatusCode::OK;
    let headers = head.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let disposition = format!("attachment; filename=\"{}\"", format.file_name());
    if let Ok(disposition) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    head
}
