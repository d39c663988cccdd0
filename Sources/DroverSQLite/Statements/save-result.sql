-- Keeps a result for other jobs. Inputs: 1 queue name, 2 job name, 3 key, 4 now, 5 until when, 6 the result.
INSERT OR REPLACE INTO drover_results (queue, name, key, stored_at, ends, result) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
