-- What an idempotency key was answered with. $1 user, $2 scope, $3 token epoch or NULL.
SELECT idempotency.body_hash, idempotency.status, idempotency.body, idempotency.number
FROM taskmaster.users
JOIN taskmaster.idempotency
  ON idempotency.user_id = users.id AND idempotency.scope = $2::text
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($3::bigint IS NULL OR users.token_epoch = $3::bigint)
