-- Bounds a queue, or lifts its bound. Inputs: 1 queue number, 2 the maximum length or NULL.
UPDATE drover_queues SET max_length = ?2 WHERE number = ?1
