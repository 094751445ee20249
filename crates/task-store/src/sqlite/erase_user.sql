-- ?1 user.
DELETE FROM users WHERE id = ?1 AND deleted_at IS NOT NULL RETURNING 1
