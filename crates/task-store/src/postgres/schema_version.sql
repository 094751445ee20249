-- The schema's version, and a proof that the database is readable.
SELECT coalesce(max(version), 0)::bigint FROM taskmaster.schema_version
