-- $1 now.
SELECT
  coalesce(
    holder IS NOT NULL AND lease_until > $1::bigint AND expires_at > taskmaster.clock_ms(), false
  ),
  back_off_until,
  EXISTS (SELECT FROM taskmaster.outbox_heads WHERE retry_at <= $1::bigint),
  failures
FROM taskmaster.relay
