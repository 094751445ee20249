-- $1 email.
SELECT
  id::text, email::text, name, timezone, password_hash, token_epoch, external_sub::text,
  quiet_from, quiet_to, created_at
FROM taskmaster.users WHERE email = $1::text AND deleted_at IS NULL
