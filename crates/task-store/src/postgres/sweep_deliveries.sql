-- What another sweep is removing is left to it. $1 before, $2 rows.
DELETE FROM taskmaster.deliveries WHERE place IN (
  SELECT place FROM taskmaster.deliveries
  WHERE finished_at < $1::bigint
  ORDER BY finished_at LIMIT $2::bigint
  FOR UPDATE SKIP LOCKED
)
RETURNING 1
