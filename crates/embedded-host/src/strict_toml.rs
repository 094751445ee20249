//! Reading TOML so strictly that every fault of a file is reported at once, each with its remedy.
//!
//! It knows tables, keys and types. It does not know what any key means.

use std::collections::BTreeMap;
use std::fmt;

use toml::{Table, Value};

/// One thing wrong with a file, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub at: String,
    pub problem: String,
    pub remedy: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.at, self.problem, self.remedy)
    }
}

/// The faults of one file, in the order they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl Faults {
    pub(crate) fn report(
        &mut self,
        at: impl Into<String>,
        problem: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(Fault { at: at.into(), problem: problem.into(), remedy: remedy.into() });
    }

    /// `value` if nothing was wrong, all the faults otherwise.
    pub(crate) fn or_value<T>(self, value: T) -> Result<T, Faults> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}  - {fault}")?;
        }
        Ok(())
    }
}

/// One table being read: each key is taken once, and what is left at the end is unknown.
pub(crate) struct TableReader<'a> {
    at: String,
    table: Table,
    known: Vec<&'static str>,
    pub(crate) faults: &'a mut Faults,
}

impl<'a> TableReader<'a> {
    pub(crate) fn new(at: impl Into<String>, table: Table, faults: &'a mut Faults) -> Self {
        Self { at: at.into(), table, known: Vec::new(), faults }
    }

    pub(crate) fn path(&self, key: &str) -> String {
        if self.at.is_empty() { key.to_owned() } else { format!("{}.{key}", self.at) }
    }

    pub(crate) fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }

    /// Accepts a key whose value this host has no use for.
    pub(crate) fn ignore(&mut self, key: &'static str) {
        self.take(key);
    }

    /// Accepts an absent or empty value only, since silence would run the app differently.
    pub(crate) fn refuse(&mut self, key: &'static str, remedy: &str) {
        let Some(value) = self.take(key) else { return };
        let empty = value.as_array().is_some_and(Vec::is_empty)
            || value.as_table().is_some_and(Table::is_empty);
        if !empty {
            let at = self.path(key);
            self.faults.report(at, "is not supported by this host", remedy);
        }
    }

    pub(crate) fn string(&mut self, key: &'static str) -> String {
        let present = self.table.contains_key(key);
        let value = self.optional_string(key);
        if !present {
            let at = self.path(key);
            self.faults.report(at, "is missing", format!("add {key} = \"…\""));
        }
        value.unwrap_or_default()
    }

    pub(crate) fn optional_string(&mut self, key: &'static str) -> Option<String> {
        match self.take(key)? {
            Value::String(text) => Some(text),
            other => self.wrong_type(key, &other, "a string"),
        }
    }

    pub(crate) fn boolean(&mut self, key: &'static str) -> bool {
        match self.take(key) {
            None => false,
            Some(Value::Boolean(value)) => value,
            Some(other) => self.wrong_type(key, &other, "true or false").unwrap_or_default(),
        }
    }

    pub(crate) fn optional_integer(&mut self, key: &'static str) -> Option<u64> {
        match self.take(key)? {
            Value::Integer(number) if number >= 0 => u64::try_from(number).ok(),
            other => self.wrong_type(key, &other, "a number of zero or more"),
        }
    }

    pub(crate) fn strings(&mut self, key: &'static str) -> Vec<String> {
        let value = self.take(key).unwrap_or(Value::Array(Vec::new()));
        let strings = value
            .as_array()
            .and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        strings.or_else(|| self.wrong_type(key, &value, "a list of strings")).unwrap_or_default()
    }

    pub(crate) fn string_map(&mut self, key: &'static str) -> BTreeMap<String, String> {
        let value = self.take(key).unwrap_or(Value::Table(Table::new()));
        let map = value.as_table().and_then(|table| {
            let entry = |(name, value): (&String, &Value)| {
                value.as_str().map(|text| (name.clone(), text.to_owned()))
            };
            table.iter().map(entry).collect()
        });
        map.or_else(|| self.wrong_type(key, &value, "a table of strings")).unwrap_or_default()
    }

    pub(crate) fn table(&mut self, key: &'static str) -> Table {
        match self.take(key) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => self.wrong_type(key, &other, "a table").unwrap_or_default(),
        }
    }

    /// The named tables under `key`, such as every `[component.<id>]`.
    pub(crate) fn named_tables(&mut self, key: &'static str) -> Vec<(String, Table)> {
        let mut named = Vec::new();
        for (name, value) in self.table(key) {
            match value {
                Value::Table(table) => named.push((name, table)),
                other => {
                    let at = format!("{}.{name}", self.path(key));
                    self.faults.report(
                        at,
                        format!("has the type {}", other.type_str()),
                        "make it a table",
                    );
                }
            }
        }
        named
    }

    /// Reports every key that was not asked for.
    pub(crate) fn finish(self) {
        for key in self.table.keys() {
            let at = self.path(key);
            let known = self.known.join(", ");
            self.faults.report(
                at,
                "is not a known key",
                format!("remove it or use one of: {known}"),
            );
        }
    }

    fn wrong_type<T>(&mut self, key: &str, found: &Value, wanted: &str) -> Option<T> {
        let at = self.path(key);
        self.faults.report(
            at,
            format!("has the type {}", found.type_str()),
            format!("make it {wanted}"),
        );
        None
    }
}
