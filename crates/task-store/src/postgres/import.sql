-- $1 user, $2 token epoch or NULL, $3 id.
SELECT
  imports.id::text, imports.format, imports.state, imports.read_bytes, imports.total_bytes,
  imports.records, imports.created, imports.duplicates, imports.failed, imports.errors,
  imports.started_at, imports.updated_at
FROM taskmaster.users
LEFT JOIN taskmaster.imports ON imports.user_id = users.id AND imports.id = $3::text::uuid
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($2::bigint IS NULL OR users.token_epoch = $2::bigint)
