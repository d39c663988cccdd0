-- Forgets a few groups of which nothing but a window that is over was left. Inputs: 1 queue number, 2 now.
-- Complexity: the head of a partial index.
DELETE FROM drover_groups WHERE (queue, name) IN
    (SELECT queue, name FROM drover_groups WHERE queue = ?1 AND idle_until <= ?2 ORDER BY idle_until LIMIT 8)
