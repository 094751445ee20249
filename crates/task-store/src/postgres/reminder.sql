-- A reminder of a living task with that task. $1 user, $2 number, $3 version, $4 n.
SELECT
  reminders.user_id::text, reminders.number, reminders.version, reminders.n,
  reminders.fire_at, reminders.state, reminders.armed_at,
  tasks.number, tasks.version, tasks.title, tasks.description, tasks.priority, tasks.tags,
  tasks.due_at, tasks.timezone, tasks.recurrence, tasks.reminders, tasks.subtasks,
  tasks.series_id::text, tasks.occurrence, tasks.completed_at, tasks.created_at, tasks.updated_at
FROM taskmaster.reminders
JOIN taskmaster.users ON users.id = reminders.user_id AND users.deleted_at IS NULL
JOIN taskmaster.tasks
  ON tasks.user_id = reminders.user_id AND tasks.number = reminders.number
WHERE reminders.user_id = $1::text::uuid
  AND reminders.number = $2::bigint
  AND reminders.version = $3::bigint
  AND reminders.n = $4::bigint
