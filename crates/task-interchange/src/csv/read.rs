//! Rows as tasks.

use std::collections::VecDeque;

use super::columns::Columns;
use super::group::{Below, Group, TaskRow};
use super::rows::Rows;
use super::words;
use crate::fault::{Fault, Problem};
use crate::reader::{Context, Entry, Records};

pub(crate) struct CsvReader {
    rows: Rows,
    context: Context,
    state: State,
    section: Option<String>,
    open: Option<Group>,
    ready: VecDeque<Entry>,
}

enum State {
    Header,
    Tasks(Columns),
    /// The first row was no header: nothing that follows can be understood.
    Unreadable,
}

impl CsvReader {
    pub(crate) fn new(context: Context) -> Self {
        CsvReader {
            rows: Rows::new(),
            context,
            state: State::Header,
            section: None,
            open: None,
            ready: VecDeque::new(),
        }
    }

    fn read(&mut self) {
        while let Some(row) = self.rows.next() {
            let line = row.line;
            match TaskRow::of(row) {
                Ok(row) => self.row(row),
                Err(fault) => self.fault(line, fault),
            }
        }
    }

    fn row(&mut self, row: TaskRow) {
        let columns = match &self.state {
            State::Unreadable => return,
            State::Tasks(columns) => columns,
            State::Header => {
                let (line, columns) = (row.line, Columns::of(&row.fields));
                match columns {
                    Ok(columns) => self.state = State::Tasks(columns),
                    Err(problem) => {
                        self.state = State::Unreadable;
                        self.fault(line, Fault::new(line, "CONTENT", problem));
                    }
                }
                return;
            }
        };
        let get = |name| columns.get(&row.fields, name).trim();
        let is_indented = !matches!(get("INDENT"), "" | "1");
        match (get("TYPE").to_ascii_lowercase().as_str(), &mut self.open) {
            // Empty rows and the view's settings stand between the tasks.
            ("", _) if get("CONTENT").is_empty() => {}
            ("meta", _) => {}
            ("" | "task", Some(open)) if is_indented => open.add(Below::Subtask(row)),
            ("note", Some(open)) => open.add(Below::Note(row)),
            // A comment above the first task is on the project, which is no task.
            ("note", None) => {}
            ("section", _) => {
                let name = get("CONTENT").to_owned();
                self.close();
                self.section = Some(name).filter(|name| !name.is_empty());
            }
            ("" | "task", _) => {
                self.close();
                self.open = Some(Group::new(row, self.section.clone()));
            }
            (other, _) => {
                let problem = Problem::unreadable(other, "task, section or note");
                let fault = Fault::new(row.line, "TYPE", problem);
                self.fault(row.line, fault);
            }
        }
    }

    fn close(&mut self) {
        let (Some(group), State::Tasks(columns)) = (self.open.take(), &self.state) else { return };
        let task = words::task(&group, columns, &self.context);
        self.ready.push_back(Entry { line: group.task.line, text: group.text(), task });
    }

    fn fault(&mut self, line: u64, fault: Fault) {
        self.close();
        self.ready.push_back(Entry { line, text: Vec::new(), task: Err(vec![fault]) });
    }
}

impl Records for CsvReader {
    fn push(&mut self, bytes: &[u8]) {
        self.rows.push(bytes);
        self.read();
    }

    fn finish(&mut self) {
        self.rows.finish();
        self.read();
        self.close();
    }

    fn next(&mut self) -> Option<Entry> {
        self.ready.pop_front()
    }
}
