-- Remembers what a job has beside its row. Inputs: 1 seq, 2 the bits that are set: 1 steps, 2 a parent, 4 children;
-- 3 those that are kept beside them.
UPDATE drover_jobs SET steps = (steps & ?3) | ?2 WHERE seq = ?1
