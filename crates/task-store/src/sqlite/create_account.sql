-- Gives a row when the account exists now by this very call or by an earlier try of it.
-- ?1 id, ?2 email, ?3 name, ?4 timezone, ?5 password hash, ?6 token epoch, ?7 created at.
INSERT INTO users (id, email, name, timezone, password_hash, token_epoch, created_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (id) DO UPDATE SET id = excluded.id WHERE email = excluded.email
ON CONFLICT DO NOTHING
RETURNING id
