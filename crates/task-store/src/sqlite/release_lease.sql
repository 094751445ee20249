-- ?1 holder, ?2 back off until, or 0.
UPDATE relay SET holder = NULL, lease_until = 0, back_off_until = ?2 WHERE holder = ?1
