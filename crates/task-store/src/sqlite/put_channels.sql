-- Gives the new version, or no row when the set or the account is not what was expected.
-- ?1 user, ?2 token epoch or NULL, ?3 expected version or NULL, ?4 the channels as JSON.
INSERT INTO channel_sets (user_id, version, channels)
SELECT users.id, 1, ?4
FROM users
LEFT JOIN channel_sets AS present ON present.user_id = users.id
WHERE users.id = ?1 AND users.deleted_at IS NULL
  AND (?2 IS NULL OR users.token_epoch = ?2)
  AND (?3 IS NULL OR coalesce(present.version, 0) = ?3)
ON CONFLICT (user_id) DO UPDATE SET version = version + 1, channels = excluded.channels
RETURNING version
