-- Remembers the last number given out. Inputs: 1 value.
UPDATE drover_sequence SET value = ?1 WHERE id = 1
