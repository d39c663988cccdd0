-- Lets all groups that rest be looked at again. Inputs: 1 queue number, 2 now. Complexity: the groups that rest.
UPDATE drover_groups SET rest = ?2 WHERE queue = ?1 AND rest IS NOT NULL
