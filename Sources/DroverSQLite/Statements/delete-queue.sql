-- Forgets a queue. Inputs: 1 number.
DELETE FROM drover_queues WHERE number = ?1
