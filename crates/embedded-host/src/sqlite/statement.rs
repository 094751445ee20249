//! One statement: what kind it is, how it runs, and its values on both sides.

use rusqlite::CachedStatement;
use rusqlite::types::{Value as SqlValue, ValueRef};

use crate::guest::bindings::spin::sqlite::sqlite::{QueryResult, RowResult, Value};

/// Largest result in bytes, as Spin caps what the host buffers for a guest.
const MAX_RESULT_BYTES: usize = 128 << 20;

/// Rows, or what SQLite says went wrong.
pub(super) type Outcome = Result<QueryResult, String>;

/// What a value costs besides its text or blob.
const VALUE_BYTES: usize = size_of::<Value>();

pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) parameters: Vec<Value>,
}

impl Statement {
    /// Whether the text begins like a write, so that queueing for the turn can come first. A guess:
    /// SQLite decides when the statement is prepared, and a wrong guess costs time only.
    pub(crate) fn looks_like_a_write(&self) -> bool {
        let (first, rest) = words(&self.sql);
        match first.as_str() {
            "INSERT" | "UPDATE" | "DELETE" | "REPLACE" => true,
            "BEGIN" => {
                let kind = words(rest).0;
                kind == "IMMEDIATE" || kind == "EXCLUSIVE"
            }
            _ => false,
        }
    }

    /// Whether the connection is different afterwards: settings, attached files, temporary tables.
    /// When in doubt it is.
    pub(crate) fn leaves_connection_state(&self) -> bool {
        let (first, _) = words(&self.sql);
        match first.as_str() {
            "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "REPLACE" | "WITH" | "VALUES" | "BEGIN"
            | "COMMIT" | "END" | "ROLLBACK" | "SAVEPOINT" | "RELEASE" | "EXPLAIN" => false,
            "CREATE" | "DROP" | "ALTER" => self.sql.to_ascii_uppercase().contains("TEMP"),
            _ => true,
        }
    }
}

/// Runs a prepared statement to its end. Blocks.
pub(super) fn run(prepared: &mut CachedStatement<'_>, parameters: Vec<Value>) -> Outcome {
    let columns: Vec<String> = prepared.column_names().map(str::to_owned).collect();
    let parameters = parameters.into_iter().map(into_sql);
    let told = |error: rusqlite::Error| error.to_string();
    let mut cursor = prepared.query(rusqlite::params_from_iter(parameters)).map_err(told)?;
    let mut rows = Vec::new();
    let mut bytes = 0;
    while let Some(row) = cursor.next().map_err(told)? {
        let mut values = Vec::with_capacity(columns.len());
        for (index, column) in columns.iter().enumerate() {
            let value = row.get_ref(index).map_err(told)?;
            values.push(from_sql(value).ok_or_else(|| not_utf8(column))?);
        }
        bytes += values.iter().map(memory_bytes).sum::<usize>();
        if bytes > MAX_RESULT_BYTES {
            return Err(format!("query result exceeds limit of {MAX_RESULT_BYTES} bytes"));
        }
        rows.push(RowResult { values });
    }
    Ok(QueryResult { columns, rows })
}

/// The first word in upper case, after blanks and comments, and the text after it.
fn words(sql: &str) -> (String, &str) {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ';' || c == '(');
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
        } else if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/").map_or("", |(_, after)| after);
        } else {
            break;
        }
    }
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    (rest[..end].to_ascii_uppercase(), &rest[end..])
}

fn into_sql(value: Value) -> SqlValue {
    match value {
        Value::Integer(number) => SqlValue::Integer(number),
        Value::Real(number) => SqlValue::Real(number),
        Value::Text(text) => SqlValue::Text(text),
        Value::Blob(bytes) => SqlValue::Blob(bytes),
        Value::Null => SqlValue::Null,
    }
}

/// Nothing for text that is not UTF-8, which WIT strings cannot hold.
fn from_sql(value: ValueRef<'_>) -> Option<Value> {
    Some(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Integer(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(text) => Value::Text(std::str::from_utf8(text).ok()?.to_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
    })
}

fn not_utf8(column: &str) -> String {
    format!("the text in column {column} is not UTF-8")
}

fn memory_bytes(value: &Value) -> usize {
    VALUE_BYTES
        + match value {
            Value::Text(text) => text.len(),
            Value::Blob(bytes) => bytes.len(),
            Value::Integer(_) | Value::Real(_) | Value::Null => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::Statement;

    #[track_caller]
    fn check(sql: &str, looks_like_a_write: bool, leaves_connection_state: bool) {
        let statement = Statement { sql: sql.to_owned(), parameters: Vec::new() };
        assert_eq!(statement.looks_like_a_write(), looks_like_a_write, "{sql}");
        assert_eq!(statement.leaves_connection_state(), leaves_connection_state, "{sql}");
    }

    #[test]
    fn reads_writes_and_lasting_state_are_told_apart() {
        check("SELECT 1", false, false);
        check(" -- why\n/* how */ insert into t values (1)", true, false);
        check("BEGIN", false, false);
        check("begin immediate", true, false);
        check("WITH x AS (SELECT 1) SELECT * FROM x", false, false);
        check("CREATE TABLE t(a)", false, false);
        check("CREATE TEMP TABLE t(a)", false, true);
        check("CREATE TABLE temp.t(a)", false, true);
        check("PRAGMA foreign_keys = ON", false, true);
        check("ATTACH 'x' AS y", false, true);
        check("VACUUM", false, true);
        check("", false, true);
    }
}
