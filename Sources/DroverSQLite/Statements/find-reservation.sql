-- How much of an allowance counts under an id at an instant. Inputs: 1 key, 2 id, 3 instant.
SELECT amount FROM drover_allowances WHERE key = ?1 AND id = ?2 AND ends > ?3
