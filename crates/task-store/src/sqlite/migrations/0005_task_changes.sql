-- The part of a unit of work that most are: changes of tasks, with all that follows from them.
DROP VIEW IF EXISTS commit_change_set
----
DROP VIEW IF EXISTS change_set
----
-- Inserting a change set here commits this part of it, whole or not at all. The rest has a view of
-- its own, because every new connection compiles a statement with all of its triggers.
CREATE VIEW commit_task_changes_v2 (doc) AS SELECT NULL WHERE 0
----
-- A change set in its parts. The document is taken apart once: a member looked up for every row of
-- a change costs a comparison of the whole document each time.
CREATE VIEW task_changes (
  change_id, user_id, token_epoch, at, seqs,
  expect, inserts, updates, deletes, withdrawals, claims, plans, events,
  inbox_consumer, inbox_event_id,
  answer_scope, answer_body_hash, answer_status, answer_body,
  rate_cost, rate_capacity, rate_refill_per_ms
) AS SELECT
  NULL, NULL, NULL, NULL, NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
  NULL, NULL,
  NULL, NULL, NULL, NULL,
  NULL, NULL, NULL
WHERE 0
----
CREATE TRIGGER commit_task_changes_inserted INSTEAD OF INSERT ON commit_task_changes_v2
BEGIN
  INSERT INTO task_changes VALUES (
    NEW.doc ->> 'change_id', NEW.doc ->> 'user', NEW.doc ->> 'token_epoch', NEW.doc ->> 'at',
    NEW.doc ->> 'seqs',
    NEW.doc ->> 'expect', NEW.doc ->> 'inserts', NEW.doc ->> 'updates', NEW.doc ->> 'deletes',
    NEW.doc ->> 'withdrawals', NEW.doc ->> 'claims', NEW.doc ->> 'plans', NEW.doc ->> 'events',
    NEW.doc ->> '$.inbox.consumer', NEW.doc ->> '$.inbox.event_id',
    NEW.doc ->> '$.idempotency.scope', NEW.doc ->> '$.idempotency.body_hash',
    NEW.doc ->> '$.idempotency.status', NEW.doc ->> '$.idempotency.body',
    NEW.doc ->> '$.rate.cost', NEW.doc ->> '$.rate.capacity', NEW.doc ->> '$.rate.refill_per_ms'
  );
END
----
-- Everything is checked before anything is written. The order of the checks is what a repeated
-- request needs: its own first outcome before any other reason to refuse it.
CREATE TRIGGER task_changes_inserted INSTEAD OF INSERT ON task_changes
BEGIN
  -- Done before: leave everything as it is, and let the caller read the first outcome.
  SELECT RAISE(IGNORE)
  WHERE EXISTS (SELECT 1 FROM changes WHERE change_id = NEW.change_id);

  SELECT RAISE(ABORT, 'refused: gone')
  WHERE NOT EXISTS (
    SELECT 1 FROM users
    WHERE id = NEW.user_id
      AND deleted_at IS NULL
      AND (NEW.token_epoch IS NULL OR token_epoch = NEW.token_epoch)
  );

  SELECT RAISE(ABORT, 'refused: already_consumed')
  WHERE EXISTS (
    SELECT 1 FROM inbox WHERE consumer = NEW.inbox_consumer AND event_id = NEW.inbox_event_id
  );

  SELECT RAISE(ABORT, 'refused: already_answered')
  WHERE EXISTS (
    SELECT 1 FROM idempotency WHERE user_id = NEW.user_id AND scope = NEW.answer_scope
  );

  SELECT RAISE(ABORT, 'refused: rate_limited')
  FROM users
  WHERE id = NEW.user_id
    AND NEW.rate_cost > min(
      NEW.rate_capacity,
      coalesce(rate_level, NEW.rate_capacity) + max(0, NEW.at - rate_at) * NEW.rate_refill_per_ms
    );

  SELECT RAISE(ABORT, 'refused: conflict')
  FROM json_each(NEW.expect) AS expected
  LEFT JOIN tasks
    ON tasks.user_id = NEW.user_id AND tasks.number = expected.value ->> 'number'
  WHERE tasks.version IS NOT expected.value ->> 'version';

  SELECT RAISE(ABORT, 'refused: conflict')
  FROM json_each(NEW.withdrawals) AS withdrawal
  WHERE NOT EXISTS (
    SELECT 1 FROM successions
    WHERE user_id = NEW.user_id
      AND series_id = withdrawal.value ->> 'series'
      AND occurrence = withdrawal.value ->> 'occurrence'
  );

  -- What is withdrawn by the same change may be claimed anew.
  SELECT RAISE(ABORT, 'refused: conflict')
  FROM json_each(NEW.claims) AS claim
  WHERE EXISTS (
    SELECT 1 FROM successions
    WHERE user_id = NEW.user_id
      AND series_id = claim.value ->> 'series'
      AND occurrence = claim.value ->> 'occurrence'
  ) AND NOT EXISTS (
    SELECT 1 FROM json_each(NEW.withdrawals) AS withdrawal
    WHERE withdrawal.value ->> 'series' = claim.value ->> 'series'
      AND withdrawal.value ->> 'occurrence' = claim.value ->> 'occurrence'
  );

  INSERT INTO changes (change_id, first_number, committed_at)
  SELECT NEW.change_id, next_task_number, NEW.at FROM users WHERE id = NEW.user_id;

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
  FROM users CROSS JOIN json_each(NEW.inserts) AS task
  WHERE users.id = NEW.user_id;

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
    SELECT NEW.user_id AS user_id, value ->> 'number' AS number, value
    FROM json_each(NEW.updates) LIMIT -1
  ) AS task
  WHERE tasks.user_id = task.user_id AND tasks.number = task.number;

  DELETE FROM tasks
  WHERE user_id = NEW.user_id AND number IN (SELECT value FROM json_each(NEW.deletes));

  -- A reminder whose instant stays in its task's plan stays as it is, whatever became of it. What
  -- is no longer in the plan goes; the scheduler, which may hear of it at this very moment, has to
  -- be told first.
  UPDATE reminders SET state = 'cancelled'
  WHERE (user_id, number, version, n) IN (
    SELECT reminders.user_id, reminders.number, reminders.version, reminders.n
    FROM json_each(NEW.plans) AS plan
    CROSS JOIN reminders
      ON reminders.user_id = NEW.user_id AND reminders.number = plan.value ->> 'number'
    WHERE reminders.state = 'pending'
      AND reminders.fire_at NOT IN (SELECT value FROM json_each(plan.value, '$.instants'))
  );

  DELETE FROM reminders
  WHERE (user_id, number, version, n) IN (
    SELECT reminders.user_id, reminders.number, reminders.version, reminders.n
    FROM json_each(NEW.plans) AS plan
    CROSS JOIN reminders
      ON reminders.user_id = NEW.user_id AND reminders.number = plan.value ->> 'number'
    WHERE reminders.state IN ('fired', 'skipped')
      AND reminders.fire_at NOT IN (SELECT value FROM json_each(plan.value, '$.instants'))
  );

  INSERT INTO reminders (user_id, number, version, n, fire_at, state)
  SELECT
    users.id,
    coalesce(plan.value ->> 'number', users.next_task_number + (plan.value ->> 'insert')),
    plan.value ->> 'version',
    instant.key + 1,
    instant.value,
    iif(instant.value < NEW.at, 'skipped', 'pending')
  FROM users
  CROSS JOIN json_each(NEW.plans) AS plan
  CROSS JOIN json_each(plan.value, '$.instants') AS instant
  WHERE users.id = NEW.user_id AND NOT EXISTS (
    SELECT 1 FROM reminders
    WHERE user_id = NEW.user_id
      AND number = plan.value ->> 'number'
      AND fire_at = instant.value
      AND state <> 'cancelled'
  );

  DELETE FROM successions
  WHERE (user_id, series_id, occurrence) IN (
    SELECT NEW.user_id, value ->> 'series', value ->> 'occurrence'
    FROM json_each(NEW.withdrawals)
  );

  INSERT INTO successions (user_id, series_id, occurrence, successor)
  SELECT
    users.id, claim.value ->> 'series', claim.value ->> 'occurrence',
    users.next_task_number + (claim.value ->> 'insert')
  FROM users CROSS JOIN json_each(NEW.claims) AS claim
  WHERE users.id = NEW.user_id;

  -- Positions follow the order of the events in the change set.
  INSERT INTO events (user_id, seq, id, number, body, pending, created_at)
  SELECT
    users.id,
    users.change_seq + (event.value ->> 'seq_offset'),
    event.value ->> 'id',
    coalesce(event.value ->> 'number', users.next_task_number + (event.value ->> 'insert')),
    event.value ->> 'body',
    event.value ->> 'topics',
    NEW.at
  FROM users CROSS JOIN json_each(NEW.events) AS event
  WHERE users.id = NEW.user_id
  ORDER BY event.key;

  INSERT INTO inbox (consumer, event_id, consumed_at)
  SELECT NEW.inbox_consumer, NEW.inbox_event_id, NEW.at WHERE NEW.inbox_consumer IS NOT NULL;

  INSERT INTO idempotency (user_id, scope, body_hash, status, body, number, answered_at)
  SELECT
    id, NEW.answer_scope, NEW.answer_body_hash, NEW.answer_status, NEW.answer_body,
    iif(json_array_length(NEW.inserts) > 0, next_task_number, NULL), NEW.at
  FROM users WHERE id = NEW.user_id AND NEW.answer_scope IS NOT NULL;

  -- Last, because everything above counts from the old values.
  UPDATE users SET
    next_task_number = next_task_number + json_array_length(NEW.inserts),
    change_seq = change_seq + NEW.seqs,
    task_count =
      task_count + json_array_length(NEW.inserts) - json_array_length(NEW.deletes),
    rate_level = iif(
      NEW.rate_cost IS NULL,
      rate_level,
      min(
        NEW.rate_capacity,
        coalesce(rate_level, NEW.rate_capacity)
          + max(0, NEW.at - rate_at) * NEW.rate_refill_per_ms
      ) - NEW.rate_cost
    ),
    -- A clock behind another writer's must not refill the same time twice.
    rate_at = iif(NEW.rate_cost IS NULL, rate_at, max(rate_at, NEW.at))
  WHERE id = NEW.user_id;
END
----
PRAGMA user_version = 5
