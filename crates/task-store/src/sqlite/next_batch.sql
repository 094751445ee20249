-- The earliest event of each user who is not held back. ?1 now, ?2 events, ?3 bytes.
SELECT position, user_id, id, number, seq, pending, attempts, body
FROM (
  SELECT
    events.*,
    row_number() OVER (ORDER BY events.position) AS place,
    sum(octet_length(events.body)) OVER (ORDER BY events.position) AS bytes
  FROM (
    SELECT position FROM outbox_heads WHERE retry_at <= ?1 ORDER BY position LIMIT ?2
  ) AS head
  CROSS JOIN events ON events.position = head.position
)
WHERE place = 1 OR bytes <= ?3
ORDER BY position
