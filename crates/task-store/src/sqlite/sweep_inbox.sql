-- Only the oldest rows are looked at, so that a sweep costs its batch and no more.
-- ?1 before, ?2 rows.
DELETE FROM inbox WHERE place IN (
  SELECT place
  FROM (SELECT place, consumed_at FROM inbox ORDER BY place LIMIT ?2)
  WHERE consumed_at < ?1
)
RETURNING 1
