-- Gives a row when the letter is still the one that was received then; a parked event goes back to
-- the outbox.
-- ?1 id, ?2 received at, ?3 now.
UPDATE dead_letters SET replayed_at = ?3 WHERE id = ?1 AND received_at = ?2 RETURNING id
