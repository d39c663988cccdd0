-- How many children of each status a job has. Inputs: 1 parent's seq.
SELECT status, count(*) FROM drover_children WHERE parent = ?1 GROUP BY status
