-- Stores what a step has recorded. Inputs: 1 seq, 2 name, 3 instant, 4 result.
INSERT OR REPLACE INTO drover_steps (job, name, at, result) VALUES (?1, ?2, ?3, ?4)
