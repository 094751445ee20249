-- The schema's version, and a proof that the database is readable.
SELECT user_version FROM pragma_user_version
