//! The table, and the statements on it with its name filled in.

/// A table's name: an identifier that needs no quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::state) struct TableName(String);

impl TableName {
    pub(in crate::state) fn parse(name: &str) -> Option<Self> {
        let is_identifier = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        is_identifier.then(|| Self(name.to_owned()))
    }

    pub(super) fn fill(&self, statement: &str) -> String {
        statement.replace("{table}", &self.0)
    }
}

impl Default for TableName {
    fn default() -> Self {
        Self("state".to_owned())
    }
}

/// The index makes clearing away what has ended a matter of what has ended, not of what is there.
pub(super) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS {table} (
    key             TEXT      NOT NULL PRIMARY KEY,
    value           TEXT      NOT NULL,
    is_binary       BOOLEAN   NOT NULL,
    etag            TEXT      NOT NULL,
    expiration_time TIMESTAMP DEFAULT NULL,
    update_time     TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS {table}_expiration ON {table} (expiration_time)
    WHERE expiration_time IS NOT NULL;
";

pub(super) const READ: &str = "
SELECT value, etag, unixepoch(expiration_time), is_binary FROM {table}
WHERE key = ?1 AND (expiration_time IS NULL OR expiration_time > datetime(?2, 'unixepoch'))
";

pub(super) const READ_ETAG: &str = "
SELECT etag FROM {table}
WHERE key = ?1 AND (expiration_time IS NULL OR expiration_time > datetime(?2, 'unixepoch'))
";

pub(super) const PUT: &str = "
INSERT OR REPLACE INTO {table} (key, value, is_binary, etag, expiration_time, update_time)
VALUES (?1, ?2, FALSE, ?3, datetime(?4, 'unixepoch'), datetime(?5, 'unixepoch'))
";

pub(super) const REMOVE: &str = "DELETE FROM {table} WHERE key = ?1";

pub(super) const CLEAR_ENDED: &str = "
DELETE FROM {table}
WHERE expiration_time IS NOT NULL AND expiration_time <= datetime(?1, 'unixepoch')
";
