-- Accounts, tasks and what guards them. Times are milliseconds since 1970 in UTC, ids are
-- hyphenated UUIDs, booleans are 0 and 1. A line of four hyphens ends a statement.
CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  timezone TEXT NOT NULL,
  password_hash TEXT,
  token_epoch INTEGER NOT NULL,
  external_sub TEXT,
  next_task_number INTEGER NOT NULL DEFAULT 1,
  change_seq INTEGER NOT NULL DEFAULT 0,
  -- The change feed up to here may have lost entries to the sweep.
  swept_seq INTEGER NOT NULL DEFAULT 0,
  -- Kept beside the other counters so that no gauge has to walk the tasks.
  task_count INTEGER NOT NULL DEFAULT 0,
  -- Thousandths of a token as of rate_at; NULL is a full bucket.
  rate_level INTEGER,
  rate_at INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER
) STRICT, WITHOUT ROWID
----
CREATE UNIQUE INDEX users_live_email ON users (email) WHERE deleted_at IS NULL
----
CREATE UNIQUE INDEX users_external_sub ON users (external_sub) WHERE external_sub IS NOT NULL
----
CREATE TABLE tasks (
  user_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  priority INTEGER NOT NULL,
  tags TEXT NOT NULL,
  due_at INTEGER,
  timezone TEXT NOT NULL,
  recurrence TEXT,
  reminders TEXT NOT NULL,
  subtasks TEXT NOT NULL,
  series_id TEXT,
  occurrence INTEGER,
  completed_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- Lower-cased by the writer, because the engine's lower() knows ASCII alone.
  title_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  completed INTEGER NOT NULL,
  -- Put tasks without a due date last, whichever way the list runs.
  due_ascending INTEGER NOT NULL,
  due_descending INTEGER NOT NULL,
  PRIMARY KEY (user_id, number)
) STRICT
----
-- `completed` stands at the end of each order, because most lists filter by it: an entry that does
-- not match is passed over without a look at its task, and the statistics need no task at all.
CREATE INDEX tasks_by_creation ON tasks (user_id, created_at, number, completed)
----
CREATE INDEX tasks_by_title ON tasks (user_id, title_key, number, completed)
----
CREATE INDEX tasks_by_due_ascending ON tasks (user_id, due_ascending, number, completed)
----
CREATE INDEX tasks_by_due_descending ON tasks (user_id, due_descending, number, completed)
----
CREATE INDEX tasks_by_priority ON tasks (user_id, priority, number, completed)
----
CREATE INDEX tasks_by_status ON tasks (user_id, completed, number)
----
CREATE INDEX tasks_by_series ON tasks (user_id, series_id, occurrence) WHERE series_id IS NOT NULL
----
-- One successor for each completed occurrence; the row outlives the successor.
CREATE TABLE successions (
  user_id TEXT NOT NULL,
  series_id TEXT NOT NULL,
  occurrence INTEGER NOT NULL,
  successor INTEGER NOT NULL,
  PRIMARY KEY (user_id, series_id, occurrence)
) STRICT, WITHOUT ROWID
----
-- A bucket is described by the instant at which it will be full again.
CREATE TABLE throttles (
  bucket TEXT NOT NULL PRIMARY KEY,
  full_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID
----
CREATE INDEX throttles_by_fullness ON throttles (full_at)
----
PRAGMA user_version = 1
