-- All queues with their counts, by name.
SELECT name, paused, waiting, prioritized, delayed, active, completed, failed FROM drover_queues ORDER BY name
