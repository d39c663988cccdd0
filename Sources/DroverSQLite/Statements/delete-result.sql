-- Keeps a result no more. Inputs: 1 queue name, 2 job name, 3 key, 4 now: of one that is over nothing is told.
DELETE FROM drover_results WHERE queue = ?1 AND name = ?2 AND key = ?3 AND ends > ?4
