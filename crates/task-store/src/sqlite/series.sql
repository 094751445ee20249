-- The instances of a task's series, latest first; a task of no series is alone in it.
-- ?1 user, ?2 number, ?3 rows, ?4 token epoch or NULL.
SELECT
  instance.number, instance.version, instance.title, instance.description, instance.priority,
  instance.tags, instance.due_at, instance.timezone, instance.recurrence, instance.reminders,
  instance.subtasks, instance.series_id, instance.occurrence, instance.completed_at,
  instance.created_at, instance.updated_at
FROM users
LEFT JOIN tasks AS instance
  ON instance.user_id = users.id
  AND instance.number IN (
    SELECT number FROM tasks WHERE user_id = ?1 AND number = ?2
    UNION
    SELECT number FROM tasks INDEXED BY tasks_by_series
    WHERE user_id = ?1
      AND series_id IS NOT NULL
      AND series_id = (SELECT series_id FROM tasks WHERE user_id = ?1 AND number = ?2)
  )
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?4 IS NULL OR users.token_epoch = ?4)
ORDER BY instance.occurrence DESC, instance.number DESC
LIMIT ?3
