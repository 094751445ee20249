-- Only the oldest rows are looked at, so that a sweep costs its batch and no more.
-- ?1 before, ?2 rows.
DELETE FROM changes WHERE place IN (
  SELECT place
  FROM (SELECT place, committed_at FROM changes ORDER BY place LIMIT ?2)
  WHERE committed_at < ?1
)
RETURNING 1
