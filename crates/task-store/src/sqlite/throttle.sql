-- Takes a token from every bucket or, giving no rows, from none.
-- ?1 now, ?2 [{bucket, refill_ms, span_ms}], where the span is the time an empty bucket needs.
INSERT INTO throttles (bucket, full_at)
SELECT
  wanted.value ->> 'bucket',
  max(coalesce(throttles.full_at, ?1), ?1) + (wanted.value ->> 'refill_ms')
FROM json_each(?2) AS wanted
LEFT JOIN throttles ON throttles.bucket = wanted.value ->> 'bucket'
WHERE NOT EXISTS (
  SELECT 1
  FROM json_each(?2) AS empty
  JOIN throttles ON throttles.bucket = empty.value ->> 'bucket'
  WHERE max(throttles.full_at, ?1) + (empty.value ->> 'refill_ms')
    > ?1 + (empty.value ->> 'span_ms')
)
ON CONFLICT (bucket) DO UPDATE SET full_at = excluded.full_at
RETURNING bucket
