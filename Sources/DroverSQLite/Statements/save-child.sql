-- Stores how a child of a job stands. Inputs: 1 parent's seq, 2 status, 3 queue, 4 id, 5 value or NULL.
INSERT OR REPLACE INTO drover_children (parent, status, queue, id, value) VALUES (?1, ?2, ?3, ?4, ?5)
