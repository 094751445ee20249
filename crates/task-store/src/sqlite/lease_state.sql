-- ?1 now.
SELECT
  holder IS NOT NULL AND lease_until > ?1,
  back_off_until,
  EXISTS (SELECT 1 FROM outbox_heads WHERE retry_at <= ?1),
  failures
FROM relay
