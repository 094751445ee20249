-- Milliseconds until every bucket holds a token. ?1 and ?2 as in throttle.sql.
SELECT max(0, coalesce(max(
  throttles.full_at + (wanted.value ->> 'refill_ms') - (wanted.value ->> 'span_ms') - ?1
), 0))
FROM json_each(?2) AS wanted
JOIN throttles ON throttles.bucket = wanted.value ->> 'bucket'
