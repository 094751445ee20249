-- Gives the new version, or no row when the set or the account is not what was expected. The
-- user's row is locked, so that nothing is put for an account that ends at this moment; and the set
-- is compared where it is replaced, because another one may have come in between.
-- $1 user, $2 token epoch or NULL, $3 expected version or NULL, $4 the channels as JSON.
WITH owner AS MATERIALIZED (
  SELECT id FROM taskmaster.users
  WHERE id = $1::text::uuid AND deleted_at IS NULL
    AND ($2::bigint IS NULL OR token_epoch = $2::bigint)
  FOR NO KEY UPDATE
)
INSERT INTO taskmaster.channel_sets AS present (user_id, version, channels)
SELECT owner.id, 1, $4::text::jsonb
FROM owner
LEFT JOIN taskmaster.channel_sets AS seen ON seen.user_id = owner.id
WHERE $3::bigint IS NULL OR coalesce(seen.version, 0) = $3::bigint
ON CONFLICT (user_id) DO UPDATE SET version = present.version + 1, channels = excluded.channels
  WHERE $3::bigint IS NULL OR present.version = $3::bigint
RETURNING version
