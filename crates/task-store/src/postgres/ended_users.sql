-- Ended accounts of which nothing has to be told any more, neither to the broker nor to the
-- scheduler. $1 rows.
SELECT id::text FROM taskmaster.users
WHERE deleted_at IS NOT NULL
  AND NOT EXISTS (
    SELECT FROM taskmaster.outbox_heads WHERE outbox_heads.user_id = users.id
  )
  AND NOT EXISTS (
    SELECT FROM taskmaster.reminders
    WHERE reminders.user_id = users.id AND reminders.state = 'cancelled'
  )
ORDER BY deleted_at LIMIT $1::bigint
