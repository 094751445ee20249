-- One of each channel that waits, then a second of each, and so on; the channels that were served
-- longest ago come first. The plus lets engines use the key that do not know the type of a returned
-- column. ?1 holder, ?2 now, ?3 lease until, ?4 rows, ?5 rows of one channel.
UPDATE deliveries SET holder = ?1, lease_until = ?3
WHERE place IN (
  SELECT waiting.place
  FROM (
    SELECT channel, served_until FROM delivery_heads
    WHERE due_at <= ?2
    ORDER BY served_until, due_at LIMIT ?4
  ) AS head
  CROSS JOIN deliveries AS waiting ON waiting.place IN (
    SELECT place FROM deliveries
    WHERE channel = head.channel AND state = 'pending' AND due_at <= ?2
    ORDER BY due_at LIMIT ?5
  )
  ORDER BY
    row_number() OVER (PARTITION BY head.channel ORDER BY waiting.due_at, waiting.place),
    head.served_until,
    waiting.due_at
  LIMIT ?4
)
RETURNING
  id, user_id, event_id, event_type, channel, kind, target, state, next_attempt_at, attempts,
  created_at, finished_at, message,
  (
    SELECT item.value
    FROM channel_sets CROSS JOIN json_each(channel_sets.channels) AS item
    WHERE channel_sets.user_id = +deliveries.user_id AND item.value ->> 'id' = deliveries.channel
  )
