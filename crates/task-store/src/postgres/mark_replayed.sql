-- Gives a row when the letter is still the one that was received then; a parked event goes back to
-- the outbox.
-- $1 id, $2 received at, $3 now.
SELECT id FROM taskmaster.mark_replayed_v1($1::bigint, $2::bigint, $3::bigint) AS id
