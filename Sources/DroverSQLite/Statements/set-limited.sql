-- Tells whether a queue has limits. Inputs: 1 queue number, 2 whether.
UPDATE drover_queues SET limited = ?2 WHERE number = ?1
