-- ?1 before, ?2 rows.
DELETE FROM deliveries WHERE place IN (
  SELECT place FROM deliveries WHERE finished_at < ?1 ORDER BY finished_at LIMIT ?2
)
RETURNING 1
