-- Stores how many jobs of a queue began in a slice. Inputs: 1 queue number, 2 slice, 3 jobs.
INSERT OR REPLACE INTO drover_slices (queue, slice, begun) VALUES (?1, ?2, ?3)
