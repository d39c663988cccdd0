-- The group whose turn it is. Inputs: 1 queue number. Complexity: the head of a partial index.
SELECT name FROM drover_groups WHERE queue = ?1 AND turn IS NOT NULL ORDER BY turn, name LIMIT 1
