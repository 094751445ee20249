//! Reads the values of a row in the order of its columns. Knows engines' values, not what they
//! mean.

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::db::{Rows, Value};
use crate::store::StoreError;

/// A row that is read from left to right; a mismatch names table and column.
pub(crate) struct Row {
    table: &'static str,
    values: std::vec::IntoIter<Value>,
}

/// `table` is what an unreadable row is reported under.
pub(crate) fn rows(table: &'static str, rows: Rows) -> impl Iterator<Item = Row> {
    rows.rows.into_iter().map(move |values| Row { table, values: values.into_iter() })
}

pub(crate) fn first(table: &'static str, found: Rows) -> Option<Row> {
    rows(table, found).next()
}

/// The row of a statement that always gives one.
pub(crate) fn only(table: &'static str, found: Rows) -> Result<Row, StoreError> {
    first(table, found).ok_or_else(|| StoreError::UnreadableRow(format!("{table}: no row")))
}

impl Row {
    pub(crate) fn text(&mut self, column: &'static str) -> Result<String, StoreError> {
        self.text_or_null(column)?.ok_or_else(|| self.unreadable(column))
    }

    pub(crate) fn text_or_null(
        &mut self,
        column: &'static str,
    ) -> Result<Option<String>, StoreError> {
        match self.values.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.unreadable(column)),
        }
    }

    pub(crate) fn integer(&mut self, column: &'static str) -> Result<i64, StoreError> {
        self.integer_or_null(column)?.ok_or_else(|| self.unreadable(column))
    }

    pub(crate) fn integer_or_null(
        &mut self,
        column: &'static str,
    ) -> Result<Option<i64>, StoreError> {
        match self.values.next() {
            Some(Value::Integer(integer)) => Ok(Some(integer)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.unreadable(column)),
        }
    }

    /// An integer of the type's own range.
    pub(crate) fn number<N: TryFrom<i64>>(
        &mut self,
        column: &'static str,
    ) -> Result<N, StoreError> {
        self.number_or_null(column)?.ok_or_else(|| self.unreadable(column))
    }

    pub(crate) fn number_or_null<N: TryFrom<i64>>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<N>, StoreError> {
        let integer = self.integer_or_null(column)?;
        integer.map(|it| N::try_from(it).map_err(|_| self.unreadable(column))).transpose()
    }

    pub(crate) fn instant(&mut self, column: &'static str) -> Result<DateTime<Utc>, StoreError> {
        self.instant_or_null(column)?.ok_or_else(|| self.unreadable(column))
    }

    pub(crate) fn instant_or_null(
        &mut self,
        column: &'static str,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let millis = self.integer_or_null(column)?;
        millis
            .map(|it| DateTime::from_timestamp_millis(it).ok_or_else(|| self.unreadable(column)))
            .transpose()
    }

    pub(crate) fn uuid(&mut self, column: &'static str) -> Result<Uuid, StoreError> {
        self.parsed(column)
    }

    pub(crate) fn parsed<T: std::str::FromStr>(
        &mut self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse().map_err(|_| self.unreadable(column))
    }

    pub(crate) fn parsed_or_null<T: std::str::FromStr>(
        &mut self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text = self.text_or_null(column)?;
        text.map(|it| it.parse().map_err(|_| self.unreadable(column))).transpose()
    }

    /// The value that is spelled like the column.
    pub(crate) fn one_of<T: Copy, const N: usize>(
        &mut self,
        column: &'static str,
        values: [T; N],
        spelling: impl Fn(T) -> &'static str,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        let found = values.into_iter().find(|it| spelling(*it) == text);
        found.ok_or_else(|| self.unreadable(column))
    }

    /// A column that holds a JSON list, each entry of it through `item`.
    pub(crate) fn list<C: DeserializeOwned, T>(
        &mut self,
        column: &'static str,
        item: impl Fn(C) -> Option<T>,
    ) -> Result<Vec<T>, StoreError> {
        let text = self.text(column)?;
        let columns: Option<Vec<C>> = serde_json::from_str(&text).ok();
        let items = columns.and_then(|it| it.into_iter().map(item).collect());
        items.ok_or_else(|| self.unreadable(column))
    }

    pub(crate) fn value(&mut self, column: &'static str) -> Result<Value, StoreError> {
        self.values.next().ok_or_else(|| self.unreadable(column))
    }

    pub(crate) fn skip(&mut self, columns: usize) {
        self.values.by_ref().take(columns).for_each(drop);
    }

    pub(crate) fn unreadable(&self, column: &'static str) -> StoreError {
        StoreError::UnreadableRow(format!("{}.{column}", self.table))
    }
}
