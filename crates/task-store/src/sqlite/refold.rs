//! The part of a migration that SQL cannot do: the search text of the tasks that are there already,
//! folded as this release folds it.

use serde::Serialize;

use crate::db::{Db, DbError, Rows, Value};
use crate::search_text;

/// Tasks in one statement: some hundred kilobytes of JSON.
const BATCH: i64 = 500;

#[derive(Serialize)]
struct Folded {
    user_id: String,
    number: i64,
    title_key: String,
    search_text: String,
}

pub(super) async fn refold<D: Db>(db: &D) -> Result<(), DbError> {
    let mut last = (String::new(), 0);
    loop {
        let params = [Value::Text(last.0), Value::Integer(last.1), Value::Integer(BATCH)];
        let folded = folded(db.run(include_str!("tasks_to_fold.sql"), &params).await?);
        let Some(end) = folded.last() else { return Ok(()) };
        last = (end.user_id.clone(), end.number);
        let json = serde_json::to_string(&folded).map_err(|it| DbError::Refused(it.to_string()))?;
        db.run(include_str!("fold_tasks.sql"), &[Value::Text(json)]).await?;
    }
}

fn folded(tasks: Rows) -> Vec<Folded> {
    let task = |row: Vec<Value>| match <[Value; 5]>::try_from(row) {
        Ok(
            [
                Value::Text(user_id),
                Value::Integer(number),
                Value::Text(title),
                Value::Text(description),
                Value::Text(tags),
            ],
        ) => {
            // What does not read is nothing to be found by; the row's readers report it.
            let tags: Vec<String> = serde_json::from_str(&tags).unwrap_or_default();
            let tags = tags.iter().map(String::as_str);
            Some(Folded {
                user_id,
                number,
                title_key: search_text::fold(&title),
                search_text: search_text::of_fields(&title, &description, tags),
            })
        }
        _ => None,
    };
    tasks.rows.into_iter().filter_map(task).collect()
}
