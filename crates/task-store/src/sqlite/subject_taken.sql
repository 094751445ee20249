-- ?1 subject.
SELECT EXISTS (SELECT 1 FROM users WHERE external_sub = ?1)
