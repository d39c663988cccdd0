-- Takes a worker that has stopped off the list. Inputs: 1 id.
DELETE FROM drover_workers WHERE id = ?1
