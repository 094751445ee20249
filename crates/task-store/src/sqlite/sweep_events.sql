-- Only the front of the log is looked at, so that a sweep costs its batch and no more.
-- ?1 before, ?2 rows.
DELETE FROM events WHERE position IN (
  SELECT position
  FROM (
    SELECT position, created_at FROM events
    WHERE pending = 0 AND parked = 0
    ORDER BY position LIMIT ?2
  )
  WHERE created_at < ?1
)
RETURNING 1
