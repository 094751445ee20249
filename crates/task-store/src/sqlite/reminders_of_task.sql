-- ?1 user, ?2 number.
SELECT user_id, number, version, n, fire_at, state, armed_at
FROM reminders
WHERE user_id = ?1 AND number = ?2 AND state IN ('pending', 'cancelled')
ORDER BY fire_at, version, n
