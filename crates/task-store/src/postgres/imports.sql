-- The latest imports first, and a row of NULLs where there is none.
-- $1 user, $2 token epoch or NULL, $3 rows.
SELECT
  latest.id::text, latest.format, latest.state, latest.read_bytes, latest.total_bytes,
  latest.records, latest.created, latest.duplicates, latest.failed, latest.errors,
  latest.started_at, latest.updated_at
FROM taskmaster.users
LEFT JOIN (
  SELECT * FROM taskmaster.imports WHERE user_id = $1::text::uuid
  ORDER BY started_at DESC, id DESC LIMIT $3::bigint
) AS latest ON TRUE
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($2::bigint IS NULL OR users.token_epoch = $2::bigint)
ORDER BY latest.started_at DESC, latest.id DESC
