//! One row as both engines can spell it: each value as text, read from left to right.

use std::vec::IntoIter;

#[derive(Debug)]
pub struct Cells(IntoIter<Option<String>>);

impl Cells {
    pub(super) fn new(cells: Vec<Option<String>>) -> Self {
        Cells(cells.into_iter())
    }

    /// The next value, `None` for NULL.
    #[track_caller]
    pub fn text_or_null(&mut self) -> Option<String> {
        self.0.next().unwrap_or_else(|| panic!("the row has no more columns"))
    }

    #[track_caller]
    pub fn text(&mut self) -> String {
        self.text_or_null().unwrap_or_else(|| panic!("NULL stands where a text was expected"))
    }

    #[track_caller]
    pub fn integer_or_null(&mut self) -> Option<i64> {
        let text = self.text_or_null()?;
        Some(text.parse().unwrap_or_else(|_| panic!("{text:?} is no integer")))
    }

    #[track_caller]
    pub fn integer(&mut self) -> i64 {
        self.integer_or_null()
            .unwrap_or_else(|| panic!("NULL stands where an integer was expected"))
    }

    /// 0 and 1 on SQLite, f and t on PostgreSQL.
    #[track_caller]
    pub fn flag(&mut self) -> bool {
        match self.text().as_str() {
            "1" | "t" => true,
            "0" | "f" => false,
            other => panic!("{other:?} is no flag"),
        }
    }
}
