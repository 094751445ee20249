//! Pages of a task list. The statement is put together from fixed words; values are parameters.

use chrono::{DateTime, Utc};

use crate::caller::Caller;
use crate::cursor::{Cursor, SortKey};
use crate::db::{Db, Value};
use crate::query::{Filter, Sort, TaskPage, TaskQuery};
use crate::row::{self, Row};
use crate::sql::engine::Engine;
use crate::sql::statement::{Dialect, Statement, statement};
use crate::sql::{epoch, instant, text};
use crate::store::StoreError;
use crate::{search_text, task_row};

const LIST_TASKS: Statement = statement!(Harmless, "list_tasks");
const LIST_TASKS_AFTER: Statement = statement!(Harmless, "list_tasks_after");

pub(super) async fn list<D: Db>(
    engine: &Engine<D>,
    caller: Caller,
    query: &TaskQuery,
) -> Result<Option<TaskPage>, StoreError> {
    let cursor = match &query.cursor {
        Some(cursor) => Some(Cursor::decode(cursor, query.sort, query.descending)?),
        None => None,
    };
    let words = words(query, cursor.is_some(), engine.dialect());
    let rows = engine.run_worded(LIST_TASKS, &words, &params(caller, query, cursor)).await?;
    if rows.rows.is_empty() {
        return Ok(None);
    }
    let mut page = TaskPage { tasks: Vec::new(), total: 0, next_cursor: None, seq: 0 };
    let mut last = None;
    for mut row in row::rows("tasks", rows) {
        page.seq = row.number("change_seq")?;
        page.total = row.number("count")?;
        let key = sort_key(&mut row)?;
        let (Some(key), Some(record)) = (key, task_row::read(&mut row)?) else { continue };
        if page.tasks.len() == limit(query) {
            // The one row more than asked for: it is not shown, it says that there is a next page.
            page.next_cursor = last
                .take()
                .map(|it: Cursor| it.encode(query.sort, query.descending))
                .transpose()?;
            break;
        }
        last = Some(Cursor { key, number: record.number });
        page.tasks.push(record);
    }
    Ok(Some(page))
}

/// At least one, else no page would ever get on.
fn limit(query: &TaskQuery) -> usize {
    usize::try_from(query.limit.max(1)).unwrap_or(usize::MAX)
}

/// The words of the statement; the first one has words in it itself.
fn words(
    query: &TaskQuery,
    continued: bool,
    dialect: Dialect,
) -> [(&'static str, &'static str); 5] {
    let (direction, comparison) = if query.descending { ("DESC", "<") } else { ("ASC", ">") };
    let after = if continued { LIST_TASKS_AFTER.text(dialect) } else { "" };
    [
        ("{after}", after),
        ("{key}", key_column(query)),
        ("{bound}", bound(query)),
        ("{direction}", direction),
        ("{comparison}", comparison),
    ]
}

fn key_column(query: &TaskQuery) -> &'static str {
    match query.sort {
        Sort::Created => "created_at",
        Sort::Title => "title_key",
        Sort::DueDate if query.descending => "due_descending",
        Sort::DueDate => "due_ascending",
        Sort::Priority => "priority",
        Sort::Status => "completed",
    }
}

/// The last key of the page before, as PostgreSQL compares it with its column.
fn bound(query: &TaskQuery) -> &'static str {
    match query.sort {
        Sort::Title => "$11::text",
        Sort::Status => "$11::bigint <> 0",
        Sort::Created | Sort::DueDate | Sort::Priority => "$11::bigint",
    }
}

fn params(caller: Caller, query: &TaskQuery, cursor: Option<Cursor>) -> Vec<Value> {
    let (completed, due_before, due_from) = match query.filter {
        Filter::All | Filter::WithoutDueDate => (None, None, None),
        Filter::Pending => (Some(0), None, None),
        Filter::Completed => (Some(1), None, None),
        Filter::Overdue { now } => (Some(0), Some(now), None),
        Filter::Upcoming { now, until } => (Some(0), Some(until), Some(now)),
    };
    let due_before = [due_before, query.due_before].into_iter().flatten().min();
    let due_from = [due_from, query.due_after].into_iter().flatten().max();
    let without_due = (query.filter == Filter::WithoutDueDate).then_some(1);
    let priority = query.priority.map(|it| task_row::priority_rank(it).into());
    let mut params = vec![
        text(caller.user),
        integer_or_null(completed),
        integer_or_null(priority),
        query.tag.as_deref().map_or(Value::Null, |it| text(search_text::of_tag(it))),
        query.search.as_deref().map_or(Value::Null, |it| text(search_text::fold(it))),
        instant_or_null(due_before),
        instant_or_null(due_from),
        integer_or_null(without_due),
        Value::Integer(i64::try_from(limit(query)).unwrap_or(i64::MAX).saturating_add(1)),
        epoch(caller),
    ];
    if let Some(Cursor { key, number }) = cursor {
        params.push(match key {
            SortKey::Integer(key) => Value::Integer(key),
            SortKey::Text(key) => Value::Text(key),
        });
        params.push(Value::Integer(number.0.into()));
    }
    params
}

fn sort_key(row: &mut Row) -> Result<Option<SortKey>, StoreError> {
    match row.value("sort_key")? {
        Value::Integer(key) => Ok(Some(SortKey::Integer(key))),
        Value::Text(key) => Ok(Some(SortKey::Text(key))),
        Value::Null => Ok(None),
        _ => Err(row.unreadable("sort_key")),
    }
}

fn integer_or_null(integer: Option<i64>) -> Value {
    integer.map_or(Value::Null, Value::Integer)
}

fn instant_or_null(at: Option<DateTime<Utc>>) -> Value {
    at.map_or(Value::Null, instant)
}
