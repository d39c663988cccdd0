-- Gives back what is reserved of an allowance under an id. Inputs: 1 key, 2 id.
DELETE FROM drover_allowances WHERE key = ?1 AND id = ?2
