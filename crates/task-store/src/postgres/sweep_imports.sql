-- The keys of its records stay. $1 before, $2 rows.
DELETE FROM taskmaster.imports WHERE (user_id, id) IN (
  SELECT user_id, id FROM taskmaster.imports
  WHERE updated_at < $1::bigint
  ORDER BY updated_at LIMIT $2::bigint
  FOR UPDATE SKIP LOCKED
)
RETURNING 1
