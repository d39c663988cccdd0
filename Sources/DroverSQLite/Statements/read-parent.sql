-- The parent of a job. Inputs: 1 seq.
SELECT queue, id, policy FROM drover_parents WHERE job = ?1
