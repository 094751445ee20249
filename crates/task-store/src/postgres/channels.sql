-- $1 user, $2 token epoch or NULL.
SELECT coalesce(channel_sets.version, 0), coalesce(channel_sets.channels, '[]')::text
FROM taskmaster.users
LEFT JOIN taskmaster.channel_sets ON channel_sets.user_id = users.id
WHERE users.id = $1::text::uuid AND users.deleted_at IS NULL
  AND ($2::bigint IS NULL OR users.token_epoch = $2::bigint)
