-- Three indexes, each read in the order of its instants and no further than needed.
-- $1 near, $2 armed before, $3 rows.
SELECT user_id::text, number, version, n, fire_at, state, armed_at
FROM (
  (
    SELECT * FROM taskmaster.reminders WHERE state = 'cancelled'
    ORDER BY fire_at LIMIT $3::bigint
  )
  UNION ALL
  (
    SELECT * FROM taskmaster.reminders WHERE state = 'pending' AND armed_at IS NULL
    ORDER BY fire_at LIMIT $3::bigint
  )
  UNION ALL
  (
    SELECT * FROM taskmaster.reminders
    WHERE state = 'pending' AND fire_at < $1::bigint AND armed_at < $2::bigint
    ORDER BY fire_at LIMIT $3::bigint
  )
) AS untold
ORDER BY fire_at LIMIT $3::bigint
