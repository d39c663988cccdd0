-- How far the move of a queue has come. Inputs: 1 queue number.
SELECT body FROM drover_moves WHERE queue = ?1
