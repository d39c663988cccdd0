-- Living workers, by queue and id. Inputs: 1 now.
SELECT id, queue, host, process, concurrency, running, started_at, seen_at, valid_for FROM drover_workers
WHERE seen_at + valid_for > ?1 ORDER BY queue, id
