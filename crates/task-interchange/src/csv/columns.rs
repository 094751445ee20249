//! The columns by name. Files name them in their first row, in any order; unknown ones are passed
//! over.

use crate::fault::Problem;

/// The columns that are read or written, in the order in which they are written. The first ones
/// are the template's.
pub(super) const WRITTEN: [&str; 26] = [
    "TYPE",
    "CONTENT",
    "DESCRIPTION",
    "PRIORITY",
    "INDENT",
    "AUTHOR",
    "RESPONSIBLE",
    "DATE",
    "DATE_LANG",
    "TIMEZONE",
    "DURATION",
    "DURATION_UNIT",
    "DEADLINE",
    "DEADLINE_LANG",
    "TITLE",
    "LABELS",
    "DUE_AT",
    "RULE",
    "BASIS",
    "ANCHOR",
    "OCCURRENCE",
    "REMINDERS",
    "COMPLETED",
    "CREATED",
    "UPDATED",
    "UID",
];

/// Where each known column stands in this file.
pub(super) struct Columns(Vec<String>);

impl Columns {
    pub(super) fn of(header: &[String]) -> Result<Columns, Problem> {
        let names: Vec<String> =
            header.iter().map(|name| plain(name).to_ascii_uppercase()).collect();
        if !names.iter().any(|name| name == "CONTENT") {
            let expected = "the first line names the columns, and one of them is CONTENT";
            return Err(Problem::Missing { expected });
        }
        Ok(Columns(names))
    }

    /// What the row has in the column; nothing where the row or the file ends before it.
    pub(super) fn get<'r>(&self, row: &'r [String], name: &str) -> &'r str {
        let at = self.0.iter().position(|known| known == name);
        at.and_then(|at| row.get(at)).map(String::as_str).unwrap_or_default()
    }
}

/// Spreadsheets begin a file with a mark that is no part of the first name.
fn plain(name: &str) -> &str {
    name.trim_start_matches('\u{feff}').trim()
}
