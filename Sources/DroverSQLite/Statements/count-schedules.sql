-- How many schedules a queue has. Inputs: 1 queue number. Complexity: a range of the order index.
SELECT count(*) FROM drover_schedules WHERE queue = ?1
