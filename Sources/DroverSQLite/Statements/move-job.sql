-- Moves a job to another place of the order. Inputs: 1 seq, 2 state, 3 rank, 4 place.
UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4 WHERE seq = ?1
