-- The instances of a task's series, latest first; a task of no series is alone in it.
-- $1 user, $2 number, $3 rows, $4 token epoch or NULL.
SELECT
  instance.number, instance.version, instance.title, instance.description, instance.priority,
  instance.tags, instance.due_at, instance.timezone, instance.recurrence, instance.reminders,
  instance.subtasks, instance.series_id::text, instance.occurrence, instance.completed_at,
  instance.created_at, instance.updated_at
FROM taskmaster.users
LEFT JOIN taskmaster.tasks AS instance
  ON instance.user_id = users.id
  AND instance.number IN (
    SELECT number FROM taskmaster.tasks
    WHERE user_id = $1::text::uuid AND number = $2::bigint
    UNION
    SELECT number FROM taskmaster.tasks
    WHERE user_id = $1::text::uuid
      AND series_id = (
        SELECT series_id FROM taskmaster.tasks
        WHERE user_id = $1::text::uuid AND number = $2::bigint
      )
  )
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($4::bigint IS NULL OR users.token_epoch = $4::bigint)
ORDER BY instance.occurrence DESC NULLS LAST, instance.number DESC NULLS LAST
LIMIT $3::bigint
