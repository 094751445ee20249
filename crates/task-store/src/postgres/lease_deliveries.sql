-- $1 holder, $2 now, $3 lease until, $4 rows, $5 rows of one channel.
SELECT
  leased.id::text, leased.user_id::text, leased.event_id::text, leased.event_type,
  leased.channel::text, leased.kind, leased.target, leased.state, leased.next_attempt_at,
  leased.attempts::text, leased.created_at, leased.finished_at, leased.message,
  (
    SELECT item.channel::text
    FROM taskmaster.channel_sets
    CROSS JOIN jsonb_array_elements(channel_sets.channels) AS item (channel)
    WHERE channel_sets.user_id = leased.user_id
      AND item.channel ->> 'id' = leased.channel::text
  )
FROM taskmaster.lease_deliveries_v1(
  $1::text::uuid, $2::bigint, $3::bigint, $4::bigint, $5::bigint
) AS leased
