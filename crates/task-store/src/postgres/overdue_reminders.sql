-- $1 before, $2 rows.
SELECT user_id::text, number, version, n FROM taskmaster.reminders
WHERE state = 'pending' AND fire_at < $1::bigint
ORDER BY fire_at LIMIT $2::bigint
