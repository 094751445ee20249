-- Letters that nobody replayed are an operator's to judge. $1 before, $2 rows.
DELETE FROM taskmaster.dead_letters WHERE id IN (
  SELECT id FROM taskmaster.dead_letters
  WHERE replayed_at < $1::bigint
  ORDER BY replayed_at LIMIT $2::bigint
  FOR UPDATE SKIP LOCKED
)
RETURNING 1
