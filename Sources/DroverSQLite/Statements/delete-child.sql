-- Forgets a child of a job, whatever its status. Inputs: 1 parent's seq, 2 queue, 3 id. Changes a row, or none.
DELETE FROM drover_children WHERE parent = ?1 AND status IN (0, 1, 2, 3) AND queue = ?2 AND id = ?3
