-- Notes that a worker lives. Inputs: 1 id, 2 queue, 3 host, 4 process, 5 concurrency, 6 running, 7 now, 8 valid for ms.
INSERT INTO drover_workers (id, queue, host, process, concurrency, running, started_at, seen_at, valid_for)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)
ON CONFLICT (id) DO UPDATE SET queue = ?2, host = ?3, process = ?4, concurrency = ?5, running = ?6, seen_at = ?7,
    valid_for = ?8
