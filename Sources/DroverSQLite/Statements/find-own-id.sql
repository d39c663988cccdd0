-- Finds a job by the id that its producer chose.
-- Inputs: 1 queue number, 2 id. Result: seq. Complexity: one descent in the partial id index.
SELECT seq FROM drover_jobs WHERE queue = ?1 AND id = ?2
