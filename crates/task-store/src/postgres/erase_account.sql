-- Gives a row for each row that it removed. $1 user, $2 rows of each table.
SELECT 1
FROM generate_series(1, taskmaster.erase_account_v1($1::text::uuid, $2::bigint))
