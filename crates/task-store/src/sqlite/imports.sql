-- The latest imports first, and a row of NULLs where there is none.
-- ?1 user, ?2 token epoch or NULL, ?3 rows.
SELECT
  latest.id, latest.format, latest.state, latest.read_bytes, latest.total_bytes,
  latest.records, latest.created, latest.duplicates, latest.failed, latest.errors,
  latest.started_at, latest.updated_at
FROM users
LEFT JOIN (
  SELECT * FROM imports WHERE user_id = ?1
  ORDER BY started_at DESC, id DESC LIMIT ?3
) AS latest ON TRUE
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?2 IS NULL OR users.token_epoch = ?2)
ORDER BY latest.started_at DESC, latest.id DESC
