-- Only the oldest rows are looked at, so that a sweep costs its batch and no more. What another
-- sweep is removing is left to it. $1 before, $2 rows.
DELETE FROM taskmaster.inbox WHERE place IN (
  SELECT place FROM taskmaster.inbox
  WHERE consumed_at < $1::bigint
    AND place IN (SELECT place FROM taskmaster.inbox ORDER BY place LIMIT $2::bigint)
  FOR UPDATE SKIP LOCKED
)
RETURNING 1
