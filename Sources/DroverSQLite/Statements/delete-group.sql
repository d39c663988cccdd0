-- Forgets a group. Inputs: 1 queue number, 2 name.
DELETE FROM drover_groups WHERE queue = ?1 AND name = ?2
