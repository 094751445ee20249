-- Everything a decision about one task needs. ?1 user, ?2 number, ?3 idempotency scope or NULL,
-- ?4 token epoch or NULL.
SELECT
  users.timezone,
  idempotency.body_hash, idempotency.status, idempotency.body, idempotency.number,
  successions.successor,
  task.number, task.version, task.title, task.description, task.priority, task.tags, task.due_at,
  task.timezone, task.recurrence, task.reminders, task.subtasks, task.series_id, task.occurrence,
  task.completed_at, task.created_at, task.updated_at,
  next.number, next.version, next.title, next.description, next.priority, next.tags, next.due_at,
  next.timezone, next.recurrence, next.reminders, next.subtasks, next.series_id, next.occurrence,
  next.completed_at, next.created_at, next.updated_at
FROM users
LEFT JOIN tasks AS task ON task.user_id = users.id AND task.number = ?2
LEFT JOIN successions
  ON successions.user_id = users.id
  AND successions.series_id = task.series_id
  AND successions.occurrence = task.occurrence
LEFT JOIN tasks AS next ON next.user_id = users.id AND next.number = successions.successor
LEFT JOIN idempotency ON idempotency.user_id = users.id AND idempotency.scope = ?3
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?4 IS NULL OR users.token_epoch = ?4)
