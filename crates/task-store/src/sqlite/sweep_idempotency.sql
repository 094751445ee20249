-- Only the oldest rows are looked at, so that a sweep costs its batch and no more.
-- ?1 before, ?2 rows.
DELETE FROM idempotency WHERE place IN (
  SELECT place
  FROM (SELECT place, answered_at FROM idempotency ORDER BY place LIMIT ?2)
  WHERE answered_at < ?1
)
RETURNING 1
