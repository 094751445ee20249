-- Only the oldest rows are looked at, so that a sweep costs its batch and no more.
-- ?1 before, ?2 rows.
DELETE FROM changes WHERE change_id IN (
  SELECT change_id
  FROM (SELECT change_id, committed_at FROM changes ORDER BY change_id LIMIT ?2)
  WHERE committed_at < ?1
)
RETURNING 1
