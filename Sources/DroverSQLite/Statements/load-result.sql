-- A result that is kept for other jobs. Inputs: 1 queue name, 2 job name, 3 key, 4 now. Complexity: one descent.
SELECT result, stored_at FROM drover_results WHERE queue = ?1 AND name = ?2 AND key = ?3 AND ends > ?4
