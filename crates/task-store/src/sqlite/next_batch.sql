-- The earliest events of each user who is not held back: everybody's first before anybody's second.
-- ?1 now, ?2 events, ?3 bytes, ?4 events of one user.
WITH
head AS (
  SELECT user_id FROM outbox_heads WHERE retry_at <= ?1 ORDER BY position LIMIT ?2
),
-- A run ends before an event that still waits to be tried again. Everybody here has a first event, so
-- nobody's run is longer than the room that these leave.
run AS (
  SELECT
    own.position,
    row_number() OVER (PARTITION BY own.user_id ORDER BY own.position) AS turn,
    max(own.retry_at) OVER (PARTITION BY own.user_id ORDER BY own.position) AS retry_at
  FROM head
  CROSS JOIN events AS own INDEXED BY events_pending
    ON own.user_id = head.user_id
    AND own.pending <> 0
    AND own.position <= coalesce(
      (
        SELECT last.position FROM events AS last INDEXED BY events_pending
        WHERE last.user_id = head.user_id AND last.pending <> 0
        ORDER BY last.position
        LIMIT 1 OFFSET min(?4, 1 + ?2 - (SELECT count(*) FROM head)) - 1
      ),
      9223372036854775807
    )
),
picked AS (
  SELECT position, turn FROM run WHERE retry_at <= ?1 ORDER BY turn, position LIMIT ?2
)
SELECT position, user_id, id, number, seq, pending, attempts, body
FROM (
  SELECT
    events.*,
    row_number() OVER (ORDER BY picked.turn, picked.position) AS place,
    sum(octet_length(events.body)) OVER (ORDER BY picked.turn, picked.position) AS bytes
  FROM picked
  CROSS JOIN events ON events.position = picked.position
)
WHERE place = 1 OR bytes <= ?3
ORDER BY position
