-- Forgets the children of a job. Inputs: 1 parent's seq.
DELETE FROM drover_children WHERE parent = ?1
