-- Stores progress. Inputs: 1 seq, 2 progress.
UPDATE drover_jobs SET progress = ?2 WHERE seq = ?1
