-- Stores the first parent of a job. Inputs: 1 seq, 2 queue, 3 id, 4 policy, 5 whether it has more.
INSERT OR REPLACE INTO drover_parents (job, queue, id, policy, more) VALUES (?1, ?2, ?3, ?4, ?5)
