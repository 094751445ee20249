-- What rings, what is sent to whom, what was imported, and how an account ends.
ALTER TABLE users ADD COLUMN quiet_from TEXT
----
ALTER TABLE users ADD COLUMN quiet_to TEXT
----
-- Ended accounts, of which something may still have to be erased.
CREATE INDEX users_ended ON users (deleted_at) WHERE deleted_at IS NOT NULL
----
-- Without its condition it finds all events of a user; of those outside the feed any number may be.
DROP INDEX events_feed
----
CREATE UNIQUE INDEX events_feed ON events (user_id, seq)
----
-- A parked event that is erased with its account leaves no letter behind.
CREATE TRIGGER events_erased AFTER DELETE ON events WHEN OLD.parked <> 0
BEGIN
  DELETE FROM dead_letters WHERE position = OLD.position AND replayed_at IS NULL;
END
----
CREATE INDEX dead_letters_replayed_at ON dead_letters (replayed_at) WHERE replayed_at IS NOT NULL
----
-- One row for each instant at which a task is to ring. It is named by the version of the task that
-- set it and by its place there; `state` is pending, fired, skipped (its instant had passed when it
-- was set) or cancelled (taken away, and the scheduler has still to be told).
CREATE TABLE reminders (
  user_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  n INTEGER NOT NULL,
  fire_at INTEGER NOT NULL,
  state TEXT NOT NULL,
  -- When the scheduler was last told to ring; NULL before that, and once it has rung.
  armed_at INTEGER,
  PRIMARY KEY (user_id, number, version, n)
) STRICT, WITHOUT ROWID
----
CREATE INDEX reminders_pending ON reminders (fire_at, armed_at) WHERE state = 'pending'
----
CREATE INDEX reminders_unarmed ON reminders (fire_at) WHERE state = 'pending' AND armed_at IS NULL
----
CREATE INDEX reminders_cancelled ON reminders (fire_at) WHERE state = 'cancelled'
----
-- The tasks that were there before this table was. Here alone the database's clock decides.
INSERT INTO reminders (user_id, number, version, n, fire_at, state)
SELECT
  user_id, number, version,
  row_number() OVER (PARTITION BY user_id, number ORDER BY fire_at),
  fire_at,
  iif(fire_at < unixepoch('subsec') * 1000, 'skipped', 'pending')
FROM (
  SELECT DISTINCT
    tasks.user_id, tasks.number, tasks.version,
    coalesce(reminder.value ->> 'at', tasks.due_at - (reminder.value ->> 'before_ms')) AS fire_at
  FROM tasks
  CROSS JOIN json_each(tasks.reminders) AS reminder
  JOIN users ON users.id = tasks.user_id AND users.deleted_at IS NULL
  WHERE tasks.completed = 0
)
WHERE fire_at IS NOT NULL
----
-- Inserting here notes what the scheduler was told: {now, armed: [key], disarmed: [key]}, where a
-- key is {user, number, version, n}.
CREATE VIEW told_reminders (doc) AS SELECT NULL WHERE 0
----
CREATE TRIGGER told_reminders_inserted INSTEAD OF INSERT ON told_reminders
BEGIN
  UPDATE reminders SET armed_at = NEW.doc ->> 'now'
  WHERE state = 'pending' AND (user_id, number, version, n) IN (
    SELECT value ->> 'user', value ->> 'number', value ->> 'version', value ->> 'n'
    FROM json_each(NEW.doc, '$.armed')
  );

  DELETE FROM reminders
  WHERE state = 'cancelled' AND (user_id, number, version, n) IN (
    SELECT value ->> 'user', value ->> 'number', value ->> 'version', value ->> 'n'
    FROM json_each(NEW.doc, '$.disarmed')
  );
END
----
-- A user's channels are one value: {id, kind, name, target, secrets, enabled, disabled_reason,
-- created_at} each, in the order that their owner gave them.
CREATE TABLE channel_sets (
  user_id TEXT NOT NULL PRIMARY KEY,
  version INTEGER NOT NULL,
  channels TEXT NOT NULL
) STRICT, WITHOUT ROWID
----
CREATE TABLE deliveries (
  -- The order in which they were set up.
  place INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  channel TEXT NOT NULL,
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  -- pending, delivered, failed or cancelled.
  state TEXT NOT NULL,
  next_attempt_at INTEGER,
  holder TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER AS (max(next_attempt_at, lease_until)),
  -- [{at, status, error, latency_ms}], earliest first.
  attempts TEXT NOT NULL DEFAULT '[]',
  message TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  UNIQUE (event_id, channel)
) STRICT
----
CREATE INDEX deliveries_by_user ON deliveries (user_id, place, state, channel)
----
CREATE INDEX deliveries_waiting ON deliveries (channel, due_at) WHERE state = 'pending'
----
CREATE INDEX deliveries_finished ON deliveries (finished_at) WHERE finished_at IS NOT NULL
----
CREATE INDEX deliveries_failed ON deliveries (place) WHERE state = 'failed'
----
-- When the earliest pending delivery of each channel is due, and how long the latest lease of one
-- lasts. It is derived from `deliveries` by the triggers below, so that a lease costs by the
-- channels that wait, whatever the queue of one of them is, and serves them in turn.
CREATE TABLE delivery_heads (
  channel TEXT NOT NULL PRIMARY KEY,
  due_at INTEGER NOT NULL,
  served_until INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID
----
CREATE INDEX delivery_heads_in_order ON delivery_heads (due_at, served_until)
----
CREATE TRIGGER deliveries_inserted AFTER INSERT ON deliveries WHEN NEW.state = 'pending'
BEGIN
  INSERT INTO delivery_heads (channel, due_at) VALUES (NEW.channel, NEW.next_attempt_at)
  ON CONFLICT (channel) DO UPDATE SET due_at = min(due_at, excluded.due_at);
END
----
CREATE TRIGGER deliveries_updated
AFTER UPDATE OF state, next_attempt_at, lease_until ON deliveries
BEGIN
  INSERT INTO delivery_heads (channel, due_at, served_until)
  SELECT channel, due_at, NEW.lease_until FROM deliveries
  WHERE channel = NEW.channel AND state = 'pending'
  ORDER BY due_at LIMIT 1
  ON CONFLICT (channel) DO UPDATE SET
    due_at = excluded.due_at,
    served_until = max(served_until, excluded.served_until);

  DELETE FROM delivery_heads
  WHERE channel = NEW.channel AND NOT EXISTS (
    SELECT 1 FROM deliveries WHERE channel = NEW.channel AND state = 'pending'
  );
END
----
-- Inserting here records an attempt, if the lease is still the writer's. `verdict` on the channel is
-- keep, disable (for `reason`) or remove; `retry_at` is NULL unless `state` is pending.
CREATE VIEW finished_attempts (
  holder, id, attempt, attempts_kept, state, retry_at, verdict, reason, now
) AS SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL WHERE 0
----
CREATE TRIGGER finished_attempts_inserted INSTEAD OF INSERT ON finished_attempts
BEGIN
  SELECT RAISE(ABORT, 'refused: lease_lost')
  WHERE NOT EXISTS (
    SELECT 1 FROM deliveries WHERE id = NEW.id AND state = 'pending' AND holder = NEW.holder
  );

  UPDATE channel_sets SET
    version = version + 1,
    channels = (
      SELECT json_group_array(json(iif(
        item.value ->> 'id' = delivery.channel,
        json_set(item.value, '$.enabled', json('false'), '$.disabled_reason', NEW.reason),
        item.value
      )))
      FROM json_each(channel_sets.channels) AS item
      WHERE NEW.verdict = 'disable' OR item.value ->> 'id' <> delivery.channel
    )
  FROM deliveries AS delivery
  WHERE NEW.verdict <> 'keep'
    AND delivery.id = NEW.id
    AND channel_sets.user_id = delivery.user_id
    AND delivery.channel IN (SELECT value ->> 'id' FROM json_each(channel_sets.channels));

  UPDATE deliveries SET
    attempts = iif(
      NEW.attempt IS NULL,
      attempts,
      json_insert(
        iif(
          json_array_length(attempts) < NEW.attempts_kept, attempts, json_remove(attempts, '$[0]')
        ),
        '$[#]',
        json(NEW.attempt)
      )
    ),
    state = NEW.state,
    next_attempt_at = NEW.retry_at,
    finished_at = iif(NEW.state = 'pending', NULL, NEW.now),
    holder = NULL,
    lease_until = 0
  WHERE id = NEW.id;
END
----
CREATE TABLE imports (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  format TEXT NOT NULL,
  -- running, done or failed.
  state TEXT NOT NULL,
  read_bytes INTEGER NOT NULL,
  total_bytes INTEGER,
  records INTEGER NOT NULL,
  created INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  errors TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID
----
CREATE INDEX imports_by_start ON imports (user_id, started_at)
----
CREATE INDEX imports_by_update ON imports (updated_at)
----
-- The records of uploaded files that became tasks. A key outlives its import and its task, so that
-- the same file brings nothing twice.
CREATE TABLE import_keys (
  user_id TEXT NOT NULL,
  source TEXT NOT NULL,
  uid TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (user_id, source, uid)
) STRICT, WITHOUT ROWID
----
-- Inserting here keeps an import's state, given as JSON, for a live user.
CREATE VIEW put_import (user_id, import) AS SELECT NULL, NULL WHERE 0
----
CREATE TRIGGER put_import_inserted INSTEAD OF INSERT ON put_import
BEGIN
  INSERT INTO imports (
    user_id, id, format, state, read_bytes, total_bytes, records, created, duplicates, failed,
    errors, started_at, updated_at
  )
  SELECT
    id, NEW.import ->> 'id', NEW.import ->> 'format', NEW.import ->> 'state',
    NEW.import ->> 'read_bytes', NEW.import ->> 'total_bytes', NEW.import ->> 'records',
    NEW.import ->> 'created', NEW.import ->> 'duplicates', NEW.import ->> 'failed',
    NEW.import ->> 'errors', NEW.import ->> 'started_at', NEW.import ->> 'updated_at'
  FROM users WHERE id = NEW.user_id AND deleted_at IS NULL
  ON CONFLICT (user_id, id) DO UPDATE SET
    format = excluded.format,
    state = excluded.state,
    read_bytes = excluded.read_bytes,
    total_bytes = excluded.total_bytes,
    records = excluded.records,
    created = excluded.created,
    duplicates = excluded.duplicates,
    failed = excluded.failed,
    errors = excluded.errors,
    updated_at = excluded.updated_at;
END
----
-- What an ended account takes with it at once; the sweep erases the rest when nothing of it has to
-- be told to anybody any more.
CREATE TRIGGER users_ended AFTER UPDATE OF deleted_at ON users
WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL
BEGIN
  UPDATE reminders SET state = 'cancelled' WHERE user_id = NEW.id AND state = 'pending';

  UPDATE deliveries SET
    state = 'cancelled', next_attempt_at = NULL, finished_at = NEW.deleted_at,
    holder = NULL, lease_until = 0
  WHERE user_id = NEW.id AND state = 'pending';

  DELETE FROM channel_sets WHERE user_id = NEW.id;
END
----
PRAGMA user_version = 4
