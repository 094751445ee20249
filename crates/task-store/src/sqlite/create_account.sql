-- Gives a row when the account exists now by this very call or by an earlier try of it.
-- ?1 id, ?2 email, ?3 name, ?4 timezone, ?5 password hash, ?6 token epoch, ?7 subject,
-- ?8 and ?9 quiet hours, ?10 created at.
INSERT INTO users (
  id, email, name, timezone, password_hash, token_epoch, external_sub, quiet_from, quiet_to,
  created_at
)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE email = excluded.email
ON CONFLICT DO NOTHING
RETURNING id
