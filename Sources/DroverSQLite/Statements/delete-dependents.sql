-- Forgets the further parents of a job. Inputs: 1 seq.
DELETE FROM drover_dependents WHERE job = ?1
