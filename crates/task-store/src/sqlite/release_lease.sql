-- ?1 holder, ?2 back off until, or 0, ?3 batches that failed in a row.
UPDATE relay SET holder = NULL, lease_until = 0, back_off_until = ?2, failures = ?3
WHERE holder = ?1
