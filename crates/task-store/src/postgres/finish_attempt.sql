-- Gives whether it was recorded. $1 holder, $2 id, $3 the attempt as JSON or NULL, $4 how many
-- attempts a row keeps, $5 state, $6 the next attempt or NULL, $7 verdict on the channel, $8 its
-- reason or NULL, $9 now.
SELECT taskmaster.finish_attempt_v1(
  $1::text::uuid, $2::text::uuid, $3::text::jsonb, $4::bigint, $5::text, $6::bigint, $7::text,
  $8::text, $9::bigint
)
