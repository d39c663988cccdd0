-- Replaces a payload. Inputs: 1 seq, 2 payload.
UPDATE drover_jobs SET payload = ?2 WHERE seq = ?1
