-- $1 holder, $2 back off until, or 0, $3 batches that failed in a row.
UPDATE taskmaster.relay
SET
  holder = NULL, lease_until = 0, expires_at = 0, back_off_until = $2::bigint,
  failures = $3::bigint
WHERE holder = $1::text::uuid
