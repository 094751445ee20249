-- What an idempotency key was answered with. ?1 user, ?2 scope,
-- ?3 token epoch or NULL.
SELECT idempotency.body_hash, idempotency.status, idempotency.body, idempotency.number
FROM users
JOIN idempotency ON idempotency.user_id = users.id AND idempotency.scope = ?2
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?3 IS NULL OR users.token_epoch = ?3)
