//! A statement in the words of each database, and what it would mean to run it twice. Knows no
//! table.

/// The databases whose SQL this crate speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

/// What it comes to when a statement that may have been done already is run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The same rows and the same answer as the first time, or a later answer to the same question.
    Harmless,
    /// Another effect or another answer: only the caller can tell whether to try again.
    Harmful,
}

/// Both texts take the same parameters in the same order, and answer with the same columns.
#[derive(Clone, Copy)]
pub(super) struct Statement {
    pub(super) sqlite: &'static str,
    pub(super) postgres: &'static str,
    pub(super) repeat: Repeat,
}

impl Statement {
    pub(super) fn text(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// The statement that has a file of this name in the folder of each database.
macro_rules! statement {
    ($repeat:ident, $name:literal) => {
        crate::sql::statement::Statement {
            sqlite: include_str!(concat!("../sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../postgres/", $name, ".sql")),
            repeat: crate::sql::statement::Repeat::$repeat,
        }
    };
}
pub(super) use statement;
