-- $1 subject.
SELECT
  id::text, email::text, name, timezone, password_hash, token_epoch, external_sub::text,
  quiet_from, quiet_to, created_at
FROM taskmaster.users WHERE external_sub = $1::text AND deleted_at IS NULL
