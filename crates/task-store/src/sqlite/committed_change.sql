-- The first number a committed change gave to its inserts. ?1 change.
SELECT first_number FROM changes WHERE change_id = ?1
