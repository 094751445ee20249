-- Gives a row when the lease is the holder's. ?1 holder, ?2 now, ?3 lease until.
UPDATE relay SET holder = ?1, lease_until = ?3
WHERE (holder IS NULL OR holder = ?1 OR lease_until <= ?2) AND back_off_until <= ?2
RETURNING holder
