-- How many jobs of a queue began in each slice of its sliding window. Inputs: 1 queue number.
SELECT slice, begun FROM drover_slices WHERE queue = ?1
