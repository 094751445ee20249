-- $1 id, $2 token epoch or NULL, $3 password hash.
UPDATE taskmaster.users SET password_hash = $3::text, token_epoch = token_epoch + 1
WHERE id = $1::text::uuid AND deleted_at IS NULL
  AND ($2::bigint IS NULL OR token_epoch = $2::bigint)
RETURNING token_epoch
