-- Stores a queue's row. Inputs: 1 number, 2 paused, 3 to 8 counts, 9 last event, 10 cancels, 11 gone, 12 the count of those
-- that wait for children, 13 of those that are grouped.
UPDATE drover_queues SET paused = ?2, waiting = ?3, prioritized = ?4, delayed = ?5, active = ?6, completed = ?7,
    failed = ?8, last_event = ?9, cancels = ?10, gone = ?11,
    waiting_children = ?12, grouped = ?13
WHERE number = ?1
