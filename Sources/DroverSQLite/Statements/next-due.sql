-- When the earliest delayed job is due. Inputs: 1 queue number. Complexity: the head of an index range.
SELECT rank FROM drover_jobs WHERE queue = ?1 AND state = 2 ORDER BY rank LIMIT 1
