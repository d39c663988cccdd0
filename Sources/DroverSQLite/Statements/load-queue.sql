-- A queue's row. Inputs: 1 name.
SELECT number, paused, waiting, prioritized, delayed, active, completed, failed, last_event, cancels, gone, max_length, limited,
    waiting_children, grouped
FROM drover_queues WHERE name = ?1
