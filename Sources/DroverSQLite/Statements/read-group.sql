-- The group of a job. Inputs: 1 seq.
SELECT grp FROM drover_jobs WHERE seq = ?1
