-- ?1 id.
SELECT id, email, name, timezone, password_hash, token_epoch, created_at
FROM users WHERE id = ?1 AND deleted_at IS NULL
