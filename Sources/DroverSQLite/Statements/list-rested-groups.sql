-- Groups whose rest is over, earliest first. Inputs: 1 queue number, 2 now, 3 how many. Complexity: a range of a partial index.
SELECT name FROM drover_groups WHERE queue = ?1 AND rest <= ?2 ORDER BY rest, name LIMIT ?3
