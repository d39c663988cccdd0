-- Adds a log line. Inputs: 1 seq, 2 number of the line, 3 text.
INSERT INTO drover_logs (job, line, text) VALUES (?1, ?2, ?3)
