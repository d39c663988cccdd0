-- Creates a queue. Inputs: 1 number, 2 name, 3 the position of its last event.
INSERT INTO drover_queues (number, name, last_event) VALUES (?1, ?2, ?3)
