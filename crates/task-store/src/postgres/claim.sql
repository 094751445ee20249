-- The lease with the first batch. No row: it is another's; a row of NULLs: nothing is to be
-- published. $1 holder, $2 now, $3 length of the lease, $4 events, $5 events of one user, $6 bytes.
SELECT
  position, user_id::text, id::text, number, seq, pending, attempts, body
FROM taskmaster.claim_v1(
  $1::text::uuid, $2::bigint, $3::bigint, $4::bigint, $5::bigint, $6::bigint
)
ORDER BY position
