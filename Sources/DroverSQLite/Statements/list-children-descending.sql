-- A page of a job's children of one status, backwards. Inputs: 1 parent's seq, 2 status, 3 queue and 4 id to go on before,
-- 5 how many.
SELECT queue, id, value FROM drover_children
WHERE parent = ?1 AND status = ?2 AND (queue, id) < (?3, ?4) ORDER BY queue DESC, id DESC LIMIT ?5
