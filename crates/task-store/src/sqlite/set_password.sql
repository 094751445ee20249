-- ?1 id, ?2 token epoch or NULL, ?3 password hash.
UPDATE users SET password_hash = ?3, token_epoch = token_epoch + 1
WHERE id = ?1 AND deleted_at IS NULL AND (?2 IS NULL OR token_epoch = ?2)
RETURNING token_epoch
