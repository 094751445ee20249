-- Only the oldest rows are looked at, so that a sweep costs its batch and no more. What another
-- sweep is removing is left to it. $1 before, $2 rows.
DELETE FROM taskmaster.changes WHERE change_id IN (
  SELECT change_id FROM taskmaster.changes
  WHERE committed_at < $1::bigint
    AND change_id IN (SELECT change_id FROM taskmaster.changes ORDER BY change_id LIMIT $2::bigint)
  FOR UPDATE SKIP LOCKED
)
RETURNING 1
