-- Gives a row when there is such a letter; a parked event goes back to the outbox.
-- ?1 id, ?2 now.
UPDATE dead_letters SET replayed_at = ?2 WHERE id = ?1 RETURNING id
