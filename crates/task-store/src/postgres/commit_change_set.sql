-- $1 the change set as JSON.
SELECT
  outcome::text, first_number::bigint, retry_after_ms::bigint, body_hash::text, status::bigint,
  body::text, number::bigint
FROM taskmaster.commit_change_set_v2($1::text::jsonb)
