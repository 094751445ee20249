-- Letters that nobody replayed are an operator's to judge. ?1 before, ?2 rows.
DELETE FROM dead_letters WHERE id IN (
  SELECT id FROM dead_letters WHERE replayed_at < ?1 ORDER BY replayed_at LIMIT ?2
)
RETURNING 1
