-- Gives back all that is reserved of an allowance. Inputs: 1 key.
DELETE FROM drover_allowances WHERE key = ?1
