-- Forgets the slices of a queue's sliding window up to one. Inputs: 1 queue number, 2 the last slice.
DELETE FROM drover_slices WHERE queue = ?1 AND slice <= ?2
