-- Stores the parent of a job. Inputs: 1 seq, 2 queue, 3 id, 4 policy.
INSERT OR REPLACE INTO drover_parents (job, queue, id, policy) VALUES (?1, ?2, ?3, ?4)
