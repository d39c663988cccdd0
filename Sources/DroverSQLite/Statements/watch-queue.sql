-- What a waiting process looks at after a commit of another. Inputs: 1 name.
-- Result: claimable jobs, those of all groups that may run as one (0 when paused), position of the last event, cancel requests, earliest due time or NULL, the queue's
-- number where it has limits, else NULL, its active jobs, and when the first group that rests may run again or NULL, which is the greatest number where all wait for a place.
SELECT CASE WHEN paused THEN 0 ELSE waiting + prioritized
        + (grouped > 0 AND EXISTS (SELECT 1 FROM drover_groups WHERE queue = number AND turn IS NOT NULL)) END, last_event, cancels,
    (SELECT rank FROM drover_jobs WHERE queue = number AND state = 2 ORDER BY rank LIMIT 1),
    CASE WHEN limited THEN number END, active,
    CASE WHEN grouped > 0 AND NOT paused
        THEN (SELECT rest FROM drover_groups WHERE queue = number AND rest IS NOT NULL ORDER BY rest LIMIT 1) END
FROM drover_queues WHERE name = ?1
