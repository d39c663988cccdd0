-- Removes what bounds a queue. Inputs: 1 queue number.
DELETE FROM drover_limits WHERE queue = ?1
