-- Forgets the parent of a job. Inputs: 1 seq.
DELETE FROM drover_parents WHERE job = ?1
