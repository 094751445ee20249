-- Gives a row when the account exists now by this very call or by an earlier try of it.
-- $1 id, $2 email, $3 name, $4 timezone, $5 password hash, $6 token epoch, $7 subject,
-- $8 and $9 quiet hours, $10 created at.
SELECT id::text FROM taskmaster.create_account_v1(
  $1::text::uuid, $2::text, $3::text, $4::text, $5::text, $6::bigint, $7::text, $8::text, $9::text,
  $10::bigint
) AS id
