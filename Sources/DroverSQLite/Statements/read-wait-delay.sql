-- How long a job is delayed once its children are done. Inputs: 1 seq.
SELECT wait_delay FROM drover_jobs WHERE seq = ?1
