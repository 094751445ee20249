-- Takes a token from every bucket or, giving no rows, from none.
-- $1 now, $2 [{bucket, refill_ms, span_ms}], where the span is the time an empty bucket needs.
SELECT bucket::text FROM taskmaster.throttle_v1($1::bigint, $2::text::jsonb) AS bucket
