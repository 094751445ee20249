-- ?1 id, ?2 token epoch or NULL.
SELECT
  id, email, name, timezone, password_hash, token_epoch, external_sub, quiet_from, quiet_to,
  created_at
FROM users WHERE id = ?1 AND deleted_at IS NULL AND (?2 IS NULL OR token_epoch = ?2)
