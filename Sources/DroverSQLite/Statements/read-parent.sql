-- The first parent of a job, and whether it has more. Inputs: 1 seq.
SELECT queue, id, policy, more FROM drover_parents WHERE job = ?1
