-- Gives a row when there is such a letter; a parked event goes back to the outbox.
-- $1 id, $2 now.
SELECT id FROM taskmaster.mark_replayed_v1($1::bigint, $2::bigint) AS id
