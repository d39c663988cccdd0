-- Removes what a job's steps have recorded. Inputs: 1 seq.
DELETE FROM drover_steps WHERE job = ?1
