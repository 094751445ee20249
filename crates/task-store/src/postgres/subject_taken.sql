-- $1 subject.
SELECT EXISTS (SELECT 1 FROM taskmaster.users WHERE external_sub = $1::text)
