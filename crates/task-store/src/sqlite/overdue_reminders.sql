-- ?1 before, ?2 rows.
SELECT user_id, number, version, n FROM reminders
WHERE state = 'pending' AND fire_at < ?1
ORDER BY fire_at LIMIT ?2
