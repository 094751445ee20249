-- ?1 subject.
SELECT
  id, email, name, timezone, password_hash, token_epoch, external_sub, quiet_from, quiet_to,
  created_at
FROM users WHERE external_sub = ?1 AND deleted_at IS NULL
