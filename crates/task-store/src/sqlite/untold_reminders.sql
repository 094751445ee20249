-- Three indexes, each read in the order of its instants and no further than needed.
-- ?1 near, ?2 armed before, ?3 rows.
SELECT user_id, number, version, n, fire_at, state, armed_at
FROM reminders WHERE state = 'cancelled'
UNION ALL
SELECT user_id, number, version, n, fire_at, state, armed_at
FROM reminders WHERE state = 'pending' AND armed_at IS NULL
UNION ALL
SELECT user_id, number, version, n, fire_at, state, armed_at
FROM reminders WHERE state = 'pending' AND fire_at < ?1 AND armed_at < ?2
ORDER BY fire_at LIMIT ?3
