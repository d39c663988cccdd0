-- Whether a job has a child of a status. Inputs: 1 parent's seq, 2 status. Complexity: one descent.
SELECT 1 FROM drover_children WHERE parent = ?1 AND status = ?2 LIMIT 1
