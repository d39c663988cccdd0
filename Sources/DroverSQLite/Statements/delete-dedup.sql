-- Nobody holds a deduplication id any more, and nothing is kept. Inputs: 1 queue number, 2 the id.
DELETE FROM drover_dedups WHERE queue = ?1 AND id = ?2
