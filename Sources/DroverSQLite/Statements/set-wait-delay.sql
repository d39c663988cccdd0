-- Sets how long a job is delayed once its children are done. Inputs: 1 seq, 2 ms or NULL.
UPDATE drover_jobs SET wait_delay = ?2 WHERE seq = ?1
