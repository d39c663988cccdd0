-- Forgets the clock of turns of a queue. Inputs: 1 queue number.
DELETE FROM drover_turns WHERE queue = ?1
