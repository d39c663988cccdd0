-- Remembers how many lines were ever logged. Inputs: 1 seq, 2 number.
UPDATE drover_jobs SET log_lines = ?2 WHERE seq = ?1
