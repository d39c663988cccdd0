-- Forgets the move of a queue. Inputs: 1 queue number.
DELETE FROM drover_moves WHERE queue = ?1
