-- Notes the deduplication id that a job was stored with. Inputs: 1 seq, 2 the id.
UPDATE drover_jobs SET dedup = ?2 WHERE seq = ?1
