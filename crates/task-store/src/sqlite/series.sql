-- The instances of a task's series, latest first; a task of no series is alone in it.
-- ?1 user, ?2 number, ?3 rows.
SELECT
  instance.number, instance.version, instance.title, instance.description, instance.priority,
  instance.tags, instance.due_at, instance.timezone, instance.recurrence, instance.reminders,
  instance.subtasks, instance.series_id, instance.occurrence, instance.completed_at,
  instance.created_at, instance.updated_at
FROM users
LEFT JOIN tasks AS task ON task.user_id = users.id AND task.number = ?2
LEFT JOIN tasks AS instance
  ON instance.user_id = users.id
  AND (
    instance.number = task.number
    OR instance.series_id = task.series_id
  )
WHERE users.id = ?1 AND users.deleted_at IS NULL
ORDER BY instance.occurrence DESC, instance.number DESC
LIMIT ?3
