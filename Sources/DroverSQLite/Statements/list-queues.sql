-- All queues that are not gone with their counts, by name.
SELECT name, paused, waiting, prioritized, delayed, active, completed, failed, max_length, limited, number,
    waiting_children, grouped
FROM drover_queues
WHERE NOT gone ORDER BY name
