-- The last number given out: job numbers, places and queue numbers share one sequence.
SELECT value FROM drover_sequence WHERE id = 1
