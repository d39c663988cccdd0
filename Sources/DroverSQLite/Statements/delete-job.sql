-- Removes a job. Inputs: 1 seq. Its log is removed by delete-logs.
DELETE FROM drover_jobs WHERE seq = ?1
