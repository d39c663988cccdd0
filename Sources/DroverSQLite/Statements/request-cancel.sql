-- Asks the holder of an active job to stop. Inputs: 1 seq.
UPDATE drover_jobs SET cancel = 1 WHERE seq = ?1
