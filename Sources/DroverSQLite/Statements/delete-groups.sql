-- Forgets all groups of a queue that has no jobs. Inputs: 1 queue number.
DELETE FROM drover_groups WHERE queue = ?1
