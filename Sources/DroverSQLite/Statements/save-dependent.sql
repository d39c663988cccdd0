-- Stores a further parent of a job. Inputs: 1 seq, 2 place, 3 queue, 4 id, 5 policy.
INSERT INTO drover_dependents (job, place, queue, id, policy) VALUES (?1, ?2, ?3, ?4, ?5)
