-- The records that make it harmless to repeat a unit of work.
-- Ids of changes sort by time, so this table grows at its end.
CREATE TABLE changes (
  change_id TEXT NOT NULL PRIMARY KEY,
  -- The inserts were numbered from here on, without gaps.
  first_number INTEGER NOT NULL,
  committed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
----
CREATE TABLE inbox (
  place INTEGER PRIMARY KEY,
  consumer TEXT NOT NULL,
  event_id TEXT NOT NULL,
  consumed_at INTEGER NOT NULL,
  UNIQUE (consumer, event_id)
) STRICT
----
CREATE TABLE idempotency (
  place INTEGER PRIMARY KEY,
  user_id TEXT NOT NULL,
  scope TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT,
  number INTEGER,
  answered_at INTEGER NOT NULL,
  UNIQUE (user_id, scope)
) STRICT
----
PRAGMA user_version = 3
