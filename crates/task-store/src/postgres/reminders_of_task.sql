-- $1 user, $2 number.
SELECT user_id::text, number, version, n, fire_at, state, armed_at
FROM taskmaster.reminders
WHERE user_id = $1::text::uuid AND number = $2::bigint AND state IN ('pending', 'cancelled')
ORDER BY fire_at, version, n
