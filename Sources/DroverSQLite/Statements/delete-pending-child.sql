-- A job waits for a child no longer. Inputs: 1 parent's seq, 2 queue, 3 id. Changes one row, or none.
DELETE FROM drover_children WHERE parent = ?1 AND status = 0 AND queue = ?2 AND id = ?3
