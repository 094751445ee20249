-- $1 user, $2 the import as JSON.
SELECT taskmaster.put_import_v1($1::text::uuid, $2::text::jsonb)::text
