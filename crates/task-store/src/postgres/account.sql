-- $1 id, $2 token epoch or NULL.
SELECT
  id::text, email::text, name, timezone, password_hash, token_epoch, external_sub::text,
  quiet_from, quiet_to, created_at
FROM taskmaster.users
WHERE id = $1::text::uuid AND deleted_at IS NULL
  AND ($2::bigint IS NULL OR token_epoch = $2::bigint)
