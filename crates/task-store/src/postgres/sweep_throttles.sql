-- A bucket that is full again is as good as none. $1 before, $2 rows.
DELETE FROM taskmaster.throttles WHERE bucket IN (
  SELECT bucket FROM taskmaster.throttles
  WHERE full_at < $1::bigint
  ORDER BY full_at LIMIT $2::bigint
  FOR UPDATE SKIP LOCKED
)
RETURNING 1
