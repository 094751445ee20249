-- Milliseconds until every bucket holds a token. $1 and $2 as in throttle.sql.
SELECT greatest(0, coalesce(max(
  throttles.full_at + wanted.refill_ms - wanted.span_ms - $1::bigint
), 0))::bigint
FROM jsonb_to_recordset($2::text::jsonb) AS wanted (bucket text, refill_ms bigint, span_ms bigint)
JOIN taskmaster.throttles ON throttles.bucket = wanted.bucket
