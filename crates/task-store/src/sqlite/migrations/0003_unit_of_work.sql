-- A unit of work as one statement, and the records that make repeating it harmless.
CREATE TABLE changes (
  place INTEGER PRIMARY KEY,
  change_id TEXT NOT NULL UNIQUE,
  -- The inserts were numbered from here on, without gaps.
  first_number INTEGER NOT NULL,
  committed_at INTEGER NOT NULL
) STRICT
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
-- Inserting a change set here commits it, whole or not at all.
CREATE VIEW commit_change_set (doc) AS SELECT NULL WHERE 0
----
-- Everything is checked before anything is written. The order of the checks is what a repeated
-- request needs: its own first outcome before any other reason to refuse it.
CREATE TRIGGER commit_change_set_inserted INSTEAD OF INSERT ON commit_change_set
BEGIN
  -- Done before: leave everything as it is, and let the caller read the first outcome.
  SELECT RAISE(IGNORE)
  WHERE EXISTS (SELECT 1 FROM changes WHERE change_id = NEW.doc ->> 'change_id');

  SELECT RAISE(ABORT, 'refused: gone')
  WHERE NOT EXISTS (
    SELECT 1 FROM users WHERE id = NEW.doc ->> 'user' AND deleted_at IS NULL
  );

  SELECT RAISE(ABORT, 'refused: already_consumed')
  WHERE EXISTS (
    SELECT 1 FROM inbox
    WHERE consumer = NEW.doc ->> '$.inbox.consumer' AND event_id = NEW.doc ->> '$.inbox.event_id'
  );

  SELECT RAISE(ABORT, 'refused: already_answered')
  WHERE EXISTS (
    SELECT 1 FROM idempotency
    WHERE user_id = NEW.doc ->> 'user' AND scope = NEW.doc ->> '$.idempotency.scope'
  );

  SELECT RAISE(ABORT, 'refused: rate_limited')
  FROM users
  WHERE id = NEW.doc ->> 'user'
    AND NEW.doc ->> '$.rate.cost' > min(
      NEW.doc ->> '$.rate.capacity',
      coalesce(rate_level, NEW.doc ->> '$.rate.capacity')
        + max(0, (NEW.doc ->> 'at') - rate_at) * (NEW.doc ->> '$.rate.refill_per_ms')
    );

  SELECT RAISE(ABORT, 'refused: conflict')
  FROM json_each(NEW.doc, '$.expect') AS expected
  LEFT JOIN tasks
    ON tasks.user_id = NEW.doc ->> 'user' AND tasks.number = expected.value ->> 'number'
  WHERE tasks.version IS NOT expected.value ->> 'version';

  SELECT RAISE(ABORT, 'refused: conflict')
  FROM json_each(NEW.doc, '$.withdrawals') AS withdrawal
  WHERE NOT EXISTS (
    SELECT 1 FROM successions
    WHERE user_id = NEW.doc ->> 'user'
      AND series_id = withdrawal.value ->> 'series'
      AND occurrence = withdrawal.value ->> 'occurrence'
  );

  -- What is withdrawn by the same change may be claimed anew.
  SELECT RAISE(ABORT, 'refused: conflict')
  FROM json_each(NEW.doc, '$.claims') AS claim
  WHERE EXISTS (
    SELECT 1 FROM successions
    WHERE user_id = NEW.doc ->> 'user'
      AND series_id = claim.value ->> 'series'
      AND occurrence = claim.value ->> 'occurrence'
  ) AND NOT EXISTS (
    SELECT 1 FROM json_each(NEW.doc, '$.withdrawals') AS withdrawal
    WHERE withdrawal.value ->> 'series' = claim.value ->> 'series'
      AND withdrawal.value ->> 'occurrence' = claim.value ->> 'occurrence'
  );

  INSERT INTO changes (change_id, first_number, committed_at)
  SELECT NEW.doc ->> 'change_id', next_task_number, NEW.doc ->> 'at'
  FROM users WHERE id = NEW.doc ->> 'user';

  INSERT INTO tasks (
    user_id, number, version, title, description, priority, tags, due_at, timezone, recurrence,
    reminders, subtasks, series_id, occurrence, completed_at, created_at, updated_at,
    title_key, search_text, completed, due_ascending, due_descending
  )
  SELECT
    users.id, users.next_task_number + task.key, 1,
    task.value ->> 'title', task.value ->> 'description', task.value ->> 'priority',
    task.value ->> 'tags', task.value ->> 'due_at', task.value ->> 'timezone',
    task.value ->> 'recurrence', task.value ->> 'reminders', task.value ->> 'subtasks',
    task.value ->> 'series_id', task.value ->> 'occurrence', task.value ->> 'completed_at',
    task.value ->> 'created_at', task.value ->> 'updated_at',
    task.value ->> 'title_key', task.value ->> 'search_text', task.value ->> 'completed',
    task.value ->> 'due_ascending', task.value ->> 'due_descending'
  FROM users CROSS JOIN json_each(NEW.doc, '$.inserts') AS task
  WHERE users.id = NEW.doc ->> 'user';

  UPDATE tasks SET
    version = (task.value ->> 'expected') + 1,
    title = task.value ->> '$.task.title',
    description = task.value ->> '$.task.description',
    priority = task.value ->> '$.task.priority',
    tags = task.value ->> '$.task.tags',
    due_at = task.value ->> '$.task.due_at',
    timezone = task.value ->> '$.task.timezone',
    recurrence = task.value ->> '$.task.recurrence',
    reminders = task.value ->> '$.task.reminders',
    subtasks = task.value ->> '$.task.subtasks',
    series_id = task.value ->> '$.task.series_id',
    occurrence = task.value ->> '$.task.occurrence',
    completed_at = task.value ->> '$.task.completed_at',
    created_at = task.value ->> '$.task.created_at',
    updated_at = task.value ->> '$.task.updated_at',
    title_key = task.value ->> '$.task.title_key',
    search_text = task.value ->> '$.task.search_text',
    completed = task.value ->> '$.task.completed',
    due_ascending = task.value ->> '$.task.due_ascending',
    due_descending = task.value ->> '$.task.due_descending'
  -- Limited to all of its rows, so that the engine reads it first and finds each task by its key.
  -- Merged into the UPDATE, it would be read anew for every task of the user.
  FROM (
    SELECT NEW.doc ->> 'user' AS user_id, value ->> 'number' AS number, value
    FROM json_each(NEW.doc, '$.updates') LIMIT -1
  ) AS task
  WHERE tasks.user_id = task.user_id AND tasks.number = task.number;

  DELETE FROM tasks
  WHERE user_id = NEW.doc ->> 'user'
    AND number IN (SELECT value FROM json_each(NEW.doc, '$.deletes'));

  DELETE FROM successions
  WHERE (user_id, series_id, occurrence) IN (
    SELECT NEW.doc ->> 'user', value ->> 'series', value ->> 'occurrence'
    FROM json_each(NEW.doc, '$.withdrawals')
  );

  INSERT INTO successions (user_id, series_id, occurrence, successor)
  SELECT
    users.id, claim.value ->> 'series', claim.value ->> 'occurrence',
    users.next_task_number + (claim.value ->> 'insert')
  FROM users CROSS JOIN json_each(NEW.doc, '$.claims') AS claim
  WHERE users.id = NEW.doc ->> 'user';

  -- Positions follow the order of the events in the change set.
  INSERT INTO events (user_id, seq, id, number, body, pending, created_at)
  SELECT
    users.id,
    users.change_seq + (event.value ->> 'seq_offset'),
    event.value ->> 'id',
    coalesce(event.value ->> 'number', users.next_task_number + (event.value ->> 'insert')),
    event.value ->> 'body',
    event.value ->> 'topics',
    NEW.doc ->> 'at'
  FROM users CROSS JOIN json_each(NEW.doc, '$.events') AS event
  WHERE users.id = NEW.doc ->> 'user'
  ORDER BY event.key;

  INSERT INTO inbox (consumer, event_id, consumed_at)
  SELECT NEW.doc ->> '$.inbox.consumer', NEW.doc ->> '$.inbox.event_id', NEW.doc ->> 'at'
  WHERE NEW.doc ->> '$.inbox.consumer' IS NOT NULL;

  INSERT INTO idempotency (user_id, scope, body_hash, status, body, number, answered_at)
  SELECT
    users.id,
    NEW.doc ->> '$.idempotency.scope',
    NEW.doc ->> '$.idempotency.body_hash',
    NEW.doc ->> '$.idempotency.status',
    NEW.doc ->> '$.idempotency.body',
    iif(json_array_length(NEW.doc, '$.inserts') > 0, users.next_task_number, NULL),
    NEW.doc ->> 'at'
  FROM users
  WHERE users.id = NEW.doc ->> 'user' AND NEW.doc ->> '$.idempotency.scope' IS NOT NULL;

  -- Last, because everything above counts from the old values.
  UPDATE users SET
    next_task_number = next_task_number + json_array_length(NEW.doc, '$.inserts'),
    change_seq = change_seq + (NEW.doc ->> 'seqs'),
    task_count = task_count
      + json_array_length(NEW.doc, '$.inserts') - json_array_length(NEW.doc, '$.deletes'),
    rate_level = iif(
      NEW.doc ->> '$.rate.cost' IS NULL,
      rate_level,
      min(
        NEW.doc ->> '$.rate.capacity',
        coalesce(rate_level, NEW.doc ->> '$.rate.capacity')
          + max(0, (NEW.doc ->> 'at') - rate_at) * (NEW.doc ->> '$.rate.refill_per_ms')
      ) - (NEW.doc ->> '$.rate.cost')
    ),
    -- A clock behind another writer's must not refill the same time twice.
    rate_at = iif(NEW.doc ->> '$.rate.cost' IS NULL, rate_at, max(rate_at, NEW.doc ->> 'at'))
  WHERE id = NEW.doc ->> 'user';
END
----
PRAGMA user_version = 3
