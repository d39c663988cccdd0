-- Whether a job waits for a child. Inputs: 1 parent's seq, 2 queue, 3 id.
SELECT 1 FROM drover_children WHERE parent = ?1 AND status = 0 AND queue = ?2 AND id = ?3
