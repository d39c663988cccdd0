-- When the first group that rests is looked at again; the greatest number where all wait for a place. Inputs: 1 queue number. Complexity: the head of a partial index.
SELECT rest FROM drover_groups WHERE queue = ?1 AND rest IS NOT NULL ORDER BY rest LIMIT 1
