//! SQLite as the guest sees it: one statement per line, one line per row or error.

use spin_sdk::sqlite3::{Connection, Value};

/// Runs every line of `script` on one connection that is dropped at the end, committed or not.
pub fn run(database: &str, script: &str) -> String {
    let connection = match Connection::open(database) {
        Ok(connection) => connection,
        Err(error) => return format!("open: {error:?}\n"),
    };
    let lines = script.lines().map(|line| match line.trim() {
        "@changes" => format!("changes {}\n", connection.changes()),
        "@rowid" => format!("rowid {}\n", connection.last_insert_rowid()),
        "@trap" => panic!("the script asked for a trap"),
        line => match line.strip_prefix("@also ") {
            Some(statement) => execute_elsewhere(database, statement),
            None => execute(&connection, line),
        },
    });
    lines.collect()
}

/// One autocommitted row, the smallest write a component can make.
pub fn insert_row() -> String {
    let connection = match Connection::open_default() {
        Ok(connection) => connection,
        Err(error) => return format!("error: {error:?}"),
    };
    let parameters = [Value::Text("a row of ordinary length for a task title".to_owned())];
    match connection.execute("INSERT INTO rows(title) VALUES (?)", &parameters) {
        Ok(_) => connection.last_insert_rowid().to_string(),
        Err(error) => format!("error: {error:?}"),
    }
}

/// On a second connection, while the first one keeps whatever it holds.
fn execute_elsewhere(database: &str, statement: &str) -> String {
    match Connection::open(database) {
        Ok(connection) => execute(&connection, statement),
        Err(error) => format!("open: {error:?}\n"),
    }
}

fn execute(connection: &Connection, statement: &str) -> String {
    match connection.execute(statement, &[]) {
        Ok(result) => result.rows.iter().map(|row| line(&row.values)).collect(),
        Err(error) => format!("error: {error:?}\n"),
    }
}

fn line(values: &[Value]) -> String {
    let cells: Vec<String> = values.iter().map(cell).collect();
    cells.join("|") + "\n"
}

fn cell(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
        Value::Null => "null".to_owned(),
    }
}
