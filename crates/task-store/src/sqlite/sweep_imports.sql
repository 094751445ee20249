-- The keys of its records stay. ?1 before, ?2 rows.
DELETE FROM imports WHERE (user_id, id) IN (
  SELECT user_id, id FROM imports WHERE updated_at < ?1 ORDER BY updated_at LIMIT ?2
)
RETURNING 1
