-- The further parents of a job, in their order. Inputs: 1 seq.
SELECT queue, id, policy FROM drover_dependents WHERE job = ?1 ORDER BY place
