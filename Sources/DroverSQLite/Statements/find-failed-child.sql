-- Whether a job knows that a child failed. Inputs: 1 parent's seq, 2 queue, 3 id. Complexity: two descents.
SELECT 1 FROM drover_children WHERE parent = ?1 AND status IN (2, 3) AND queue = ?2 AND id = ?3
