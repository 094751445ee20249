-- Gives the account, or no row when there is none or somebody else has the address.
-- ?1 id, ?2 token epoch or NULL, ?3 name, ?4 timezone and ?5 email, each NULL to stay, ?6 whether
-- the quiet hours change, to ?7 and ?8.
UPDATE OR IGNORE users SET
  name = coalesce(?3, name),
  timezone = coalesce(?4, timezone),
  email = coalesce(?5, email),
  quiet_from = iif(?6, ?7, quiet_from),
  quiet_to = iif(?6, ?8, quiet_to)
WHERE id = ?1 AND deleted_at IS NULL AND (?2 IS NULL OR token_epoch = ?2)
RETURNING
  id, email, name, timezone, password_hash, token_epoch, external_sub, quiet_from, quiet_to,
  created_at
