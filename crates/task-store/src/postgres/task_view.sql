-- Everything a decision about one task needs. $1 user, $2 number, $3 idempotency scope or NULL,
-- $4 token epoch or NULL.
SELECT
  users.timezone,
  idempotency.body_hash, idempotency.status, idempotency.body, idempotency.number,
  successions.successor,
  task.number, task.version, task.title, task.description, task.priority, task.tags, task.due_at,
  task.timezone, task.recurrence, task.reminders, task.subtasks, task.series_id::text,
  task.occurrence, task.completed_at, task.created_at, task.updated_at,
  next.number, next.version, next.title, next.description, next.priority, next.tags, next.due_at,
  next.timezone, next.recurrence, next.reminders, next.subtasks, next.series_id::text,
  next.occurrence, next.completed_at, next.created_at, next.updated_at
FROM taskmaster.users
LEFT JOIN taskmaster.tasks AS task ON task.user_id = users.id AND task.number = $2::bigint
LEFT JOIN taskmaster.successions
  ON successions.user_id = users.id
  AND successions.series_id = task.series_id
  AND successions.occurrence = task.occurrence
LEFT JOIN taskmaster.tasks AS next
  ON next.user_id = users.id AND next.number = successions.successor
LEFT JOIN taskmaster.idempotency
  ON idempotency.user_id = users.id AND idempotency.scope = $3::text
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($4::bigint IS NULL OR users.token_epoch = $4::bigint)
