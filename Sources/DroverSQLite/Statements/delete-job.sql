-- Removes a job. Inputs: 1 seq. Its log and its steps are removed by delete-logs and delete-steps.
DELETE FROM drover_jobs WHERE seq = ?1
