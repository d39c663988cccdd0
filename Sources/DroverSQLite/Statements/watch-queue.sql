-- What a waiting process looks at after a commit of another. Inputs: 1 name.
-- Result: claimable jobs, those of all groups that may run as one (0 when paused), position of the last event, cancel requests, earliest due time or NULL, the queue's
-- number where it has limits, else NULL, and its active jobs.
SELECT CASE WHEN paused THEN 0 ELSE waiting + prioritized
        + (grouped > 0 AND EXISTS (SELECT 1 FROM drover_groups WHERE queue = number AND turn IS NOT NULL)) END, last_event, cancels,
    (SELECT rank FROM drover_jobs WHERE queue = number AND state = 2 ORDER BY rank LIMIT 1),
    CASE WHEN limited THEN number END, active
FROM drover_queues WHERE name = ?1
