//! Reading many tasks: pages, figures, what is due, what came before.

use chrono::{Days, Duration, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use task_contracts::types::{Priority as WirePriority, Task as WireTask};
use task_domain::TaskNumber;
use task_store::query::{Filter, Sort, TaskQuery};
use task_store::{Caller, Store};

use super::{Call, answer, gone, tasks};
use crate::limits::{
    PAGE_DEFAULT, PAGE_MAX, SEARCH_CHARS_MAX, UPCOMING_HOURS_DEFAULT, UPCOMING_HOURS_MAX,
};
use crate::{Platform, Problem, Response, convert, request};

/// Query parameters of `GET …/tasks`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct ListQuery {
    /// `all`, `pending` or `completed`.
    status: Option<String>,
    /// Older spelling: `all`, `complete`, `incomplete`, `overdue`, `upcoming`, `no-deadline`.
    filter: Option<String>,
    priority: Option<WirePriority>,
    tag: Option<String>,
    /// Text contained in title, description or a tag.
    search: Option<String>,
    due_before: Option<String>,
    due_after: Option<String>,
    /// `created`, `title`, `due_date`, `priority` or `status`; with `_desc` the other way round.
    sort: Option<String>,
    limit: Option<u32>,
    cursor: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct TaskList {
    tasks: Vec<WireTask>,
    total: u64,
    next_cursor: Option<String>,
    seq: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct CountedTasks {
    tasks: Vec<WireTask>,
    /// How many there are in all; `tasks` holds the first of them.
    count: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct TaskStats {
    total: u64,
    completed: u64,
    /// The same figure under its older name is `incomplete`.
    pending: u64,
    incomplete: u64,
    overdue: u64,
    due_today: u64,
    upcoming_24h: u64,
    no_due_date: u64,
    /// The same figure as `no_due_date`, under its older name.
    no_deadline: u64,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct TaskHistory {
    task_id: u32,
    series_id: Option<String>,
    /// The instances of the series that still exist, the latest first.
    occurrences: Vec<WireTask>,
}

#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[serde(default)]
pub(crate) struct SpanQuery {
    /// How far ahead "upcoming" looks.
    hours: Option<u32>,
    limit: Option<u32>,
}

pub(crate) async fn list<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let query = parse(request::query(call.request)?, call.platform.now())?;
    let page = call.platform.store().list(caller, &query).await?.ok_or_else(gone)?;
    let body = TaskList {
        tasks: page.tasks.iter().map(convert::record).collect(),
        total: page.total,
        next_cursor: page.next_cursor,
        seq: page.seq,
    };
    Ok(answer::json(StatusCode::OK, &body))
}

pub(crate) async fn upcoming<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let query: SpanQuery = request::query(call.request)?;
    let hours = within("hours", query.hours, UPCOMING_HOURS_DEFAULT, UPCOMING_HOURS_MAX)?;
    let now = call.platform.now();
    let until = now + Duration::hours(i64::from(hours));
    counted(call, caller, Filter::Upcoming { now, until }, query.limit).await
}

pub(crate) async fn overdue<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let query: SpanQuery = request::query(call.request)?;
    let now = call.platform.now();
    counted(call, caller, Filter::Overdue { now }, query.limit).await
}

async fn counted<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    filter: Filter,
    limit: Option<u32>,
) -> Result<Response, Problem> {
    let limit = within("limit", limit, PAGE_DEFAULT, PAGE_MAX)?;
    let query = TaskQuery { sort: Sort::DueDate, ..TaskQuery::all(filter, limit) };
    let page = call.platform.store().list(caller, &query).await?.ok_or_else(gone)?;
    let body =
        CountedTasks { tasks: page.tasks.iter().map(convert::record).collect(), count: page.total };
    Ok(answer::json(StatusCode::OK, &body))
}

pub(crate) async fn stats<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
) -> Result<Response, Problem> {
    let store = call.platform.store();
    let now = call.platform.now();
    let timezone = store.account(caller).await?.ok_or_else(gone)?.timezone;
    let stats = store.stats(caller, now, today(now, timezone)).await?.ok_or_else(gone)?;
    let body = TaskStats {
        total: stats.total,
        completed: stats.completed,
        pending: stats.pending,
        incomplete: stats.pending,
        overdue: stats.overdue,
        due_today: stats.due_today,
        upcoming_24h: stats.upcoming_24h,
        no_due_date: stats.no_due_date,
        no_deadline: stats.no_due_date,
    };
    Ok(answer::json(StatusCode::OK, &body))
}

pub(crate) async fn history<P: Platform>(
    call: &Call<'_, P>,
    caller: Caller,
    id: u32,
) -> Result<Response, Problem> {
    let query: SpanQuery = request::query(call.request)?;
    let limit = within("limit", query.limit, PAGE_DEFAULT, PAGE_MAX)?;
    let series = call.platform.store().series(caller, TaskNumber(id), limit).await?;
    let occurrences: Vec<WireTask> = series.ok_or_else(gone)?.iter().map(convert::record).collect();
    // A task without a series is its own history, so nothing at all means no such task.
    let first = occurrences.first().ok_or_else(|| tasks::unknown(id))?;
    let body = TaskHistory { task_id: id, series_id: first.series_id.clone(), occurrences };
    Ok(answer::json(StatusCode::OK, &body))
}

/// The instants between which it is today in this zone.
fn today(
    now: chrono::DateTime<Utc>,
    timezone: Tz,
) -> (chrono::DateTime<Utc>, chrono::DateTime<Utc>) {
    let date = now.with_timezone(&timezone).date_naive();
    let midnight = |date: chrono::NaiveDate| {
        let local = date.and_time(NaiveTime::MIN);
        // Where midnight does not exist the day starts when the gap ends, an hour or less later.
        let start = timezone.from_local_datetime(&local).earliest();
        let start = start
            .or_else(|| timezone.from_local_datetime(&(local + Duration::hours(1))).earliest());
        start.map_or(now, |start| start.with_timezone(&Utc))
    };
    (midnight(date), midnight(date.checked_add_days(Days::new(1)).unwrap_or(date)))
}

fn parse(query: ListQuery, now: chrono::DateTime<Utc>) -> Result<TaskQuery, Problem> {
    let upcoming_until = now + Duration::hours(i64::from(UPCOMING_HOURS_DEFAULT));
    let filter = match query.status.as_deref().or(query.filter.as_deref()) {
        None | Some("all") => Filter::All,
        Some("pending" | "incomplete") => Filter::Pending,
        Some("completed" | "complete") => Filter::Completed,
        Some("overdue") => Filter::Overdue { now },
        Some("upcoming") => Filter::Upcoming { now, until: upcoming_until },
        Some("no-deadline") => Filter::WithoutDueDate,
        Some(_) => {
            let known = "all, pending, completed, overdue, upcoming or no-deadline";
            return Err(Problem::invalid_field("status", known));
        }
    };
    let search = query.search.filter(|text| !text.trim().is_empty());
    if search.as_ref().is_some_and(|text| text.chars().count() > SEARCH_CHARS_MAX) {
        let detail = format!("at most {SEARCH_CHARS_MAX} characters");
        return Err(Problem::invalid_field("search", detail));
    }
    let (sort, descending) = sort(query.sort.as_deref())?;
    let instant = |field: &'static str, text: Option<String>| {
        text.map(|text| convert::parse_instant(field, &text)).transpose()
    };
    Ok(TaskQuery {
        filter,
        priority: query.priority.map(convert::priority),
        tag: query.tag.filter(|tag| !tag.trim().is_empty()),
        search,
        due_before: instant("due_before", query.due_before)?,
        due_after: instant("due_after", query.due_after)?,
        sort,
        descending,
        limit: within("limit", query.limit, PAGE_DEFAULT, PAGE_MAX)?,
        cursor: query.cursor.filter(|cursor| !cursor.is_empty()),
    })
}

/// Both spellings: `due_date_desc`, and the older `deadline_desc` and `created_asc`.
fn sort(text: Option<&str>) -> Result<(Sort, bool), Problem> {
    let Some(text) = text else { return Ok((Sort::Created, false)) };
    let (word, descending) = match text.strip_suffix("_desc") {
        Some(word) => (word, true),
        None => (text.strip_suffix("_asc").unwrap_or(text), false),
    };
    let sort = match word {
        "created" => Sort::Created,
        "title" => Sort::Title,
        "due_date" | "deadline" => Sort::DueDate,
        "priority" => Sort::Priority,
        "status" => Sort::Status,
        _ => {
            let known = "created, title, due_date, priority or status, each also with _desc";
            return Err(Problem::invalid_field("sort", known));
        }
    };
    Ok((sort, descending))
}

pub(super) fn within(
    field: &str,
    given: Option<u32>,
    default: u32,
    max: u32,
) -> Result<u32, Problem> {
    match given {
        None => Ok(default),
        Some(value) if (1..=max).contains(&value) => Ok(value),
        Some(_) => Err(Problem::invalid_field(field, format!("1 to {max}"))),
    }
}
