-- A page of a job's children of one status that are there and neither active nor failed, forwards. Inputs: 1 parent's seq,
-- 2 status, 3 queue and 4 id to go on behind, 5 how many.
-- Complexity: a range of the children; each of them is looked up, by its own id or by its number.
SELECT child.queue, child.id FROM drover_children AS child
WHERE child.parent = ?1 AND child.status = ?2 AND (child.queue, child.id) > (?3, ?4)
    AND coalesce(
        (SELECT state FROM drover_jobs
            WHERE queue = (SELECT number FROM drover_queues WHERE name = child.queue) AND id = child.id),
        (SELECT state FROM drover_jobs
            WHERE seq = CAST(child.id AS INTEGER) AND CAST(seq AS TEXT) = child.id AND id IS NULL
            AND queue = (SELECT number FROM drover_queues WHERE name = child.queue)),
        3) NOT IN (3, 5)
ORDER BY child.queue, child.id LIMIT ?5
