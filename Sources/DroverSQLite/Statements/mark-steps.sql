-- Remembers that a job has steps. Inputs: 1 seq.
UPDATE drover_jobs SET steps = 1 WHERE seq = ?1
