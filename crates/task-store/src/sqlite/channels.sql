-- ?1 user, ?2 token epoch or NULL.
SELECT coalesce(channel_sets.version, 0), coalesce(channel_sets.channels, '[]')
FROM users
LEFT JOIN channel_sets ON channel_sets.user_id = users.id
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?2 IS NULL OR users.token_epoch = ?2)
