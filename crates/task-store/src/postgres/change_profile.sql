-- Gives the account, or no row when there is none or somebody else has the address.
-- $1 id, $2 token epoch or NULL, $3 name, $4 timezone and $5 email, each NULL to stay, $6 whether
-- the quiet hours change, to $7 and $8.
SELECT
  id::text, email::text, name, timezone, password_hash, token_epoch, external_sub::text,
  quiet_from, quiet_to, created_at
FROM taskmaster.change_profile_v1(
  $1::text::uuid, $2::bigint, $3::text, $4::text, $5::text, $6::bigint <> 0, $7::text, $8::text
)
