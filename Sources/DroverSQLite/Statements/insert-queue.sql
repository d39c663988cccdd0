-- Creates a queue. Inputs: 1 number, 2 name.
INSERT INTO drover_queues (number, name) VALUES (?1, ?2)
