//! PostgreSQL as the guest sees it: one statement per line, one line per row or error.

mod parameter;

use spin_sdk::pg4::{Connection, DbValue, ParameterValue, PgError, QueryError};

/// Runs every line of `script` on one connection, and drops everything at the end.
///
/// A line is a statement whose parameters follow it after tabs, each as `type:text`. It may begin
/// with `@execute` (tell the number of rows changed) or `@columns` (tell the columns). `@hold <n>`
/// opens that many more connections and keeps them, `@reopen` gives the first one back and opens
/// another, `@trap` is the guest's end.
pub fn run(address: &str, script: &str) -> String {
    let mut held = Vec::new();
    let mut connection = match Connection::open(address) {
        Ok(connection) => connection,
        Err(error) => return format!("open: {}\n", told(&error)),
    };
    let mut answer = String::new();
    for line in script.lines().map(str::trim_start) {
        let outcome = match line.split_once(' ').unwrap_or((line, "")) {
            ("@trap", _) => panic!("the script asked for a trap"),
            ("@hold", number) => hold(address, number, &mut held),
            ("@reopen", _) => {
                drop(connection);
                connection = match Connection::open(address) {
                    Ok(connection) => connection,
                    Err(error) => return format!("{answer}open: {}\n", told(&error)),
                };
                continue;
            }
            ("@execute", line) => execute(&connection, line),
            ("@columns", line) => columns(&connection, line),
            _ => query(&connection, line),
        };
        if !outcome.is_empty() {
            answer += &(outcome + "\n");
        }
    }
    answer
}

fn hold(address: &str, number: &str, held: &mut Vec<Connection>) -> String {
    for _ in 0..number.parse().unwrap_or_default() {
        match Connection::open(address) {
            Ok(connection) => held.push(connection),
            Err(error) => return format!("held {}, open: {}", held.len(), told(&error)),
        }
    }
    format!("held {}", held.len())
}

fn execute(connection: &Connection, line: &str) -> String {
    let (statement, parameters) = split(line);
    match connection.execute(statement, &parameters) {
        Ok(changed) => format!("changed {changed}"),
        Err(error) => told(&error),
    }
}

fn columns(connection: &Connection, line: &str) -> String {
    let (statement, parameters) = split(line);
    match connection.query(statement, &parameters) {
        Ok(result) => {
            let column = |column: &spin_sdk::pg4::Column| {
                format!("{}:{}", column.name, short(&format!("{:?}", column.data_type)))
            };
            let columns: Vec<String> = result.columns.iter().map(column).collect();
            format!("columns {}", columns.join(" "))
        }
        Err(error) => told(&error),
    }
}

fn query(connection: &Connection, line: &str) -> String {
    let (statement, parameters) = split(line);
    match connection.query(statement, &parameters) {
        Ok(result) => {
            let row = |row: &Vec<DbValue>| row.iter().map(cell).collect::<Vec<_>>().join("|");
            result.rows.iter().map(row).collect::<Vec<_>>().join("\n")
        }
        Err(error) => told(&error),
    }
}

fn split(line: &str) -> (&str, Vec<ParameterValue>) {
    let mut parts = line.split('\t');
    let statement = parts.next().unwrap_or_default();
    (statement, parts.map(parameter::parse).collect())
}

/// Texts as they are, everything else as the SDK shows it.
fn cell(value: &DbValue) -> String {
    match value {
        DbValue::Str(text) => text.clone(),
        DbValue::Jsonb(text) => format!("Jsonb({})", String::from_utf8_lossy(text)),
        other => short(&format!("{other:?}")),
    }
}

fn told(error: &PgError) -> String {
    match error {
        PgError::QueryFailed(QueryError::DbError(error)) => {
            format!("{} {}: {}", error.severity, error.code, error.message)
        }
        other => short(&format!("{other:?}")),
    }
}

fn short(shown: &str) -> String {
    ["DbValue::", "DbDataType::", "RangeBoundKind::", "QueryError::", "Error::"]
        .iter()
        .fold(shown.to_owned(), |text, prefix| text.replace(prefix, ""))
}
