-- Changes a priority, and the place with it. Inputs: 1 seq, 2 priority, 3 state, 4 rank, 5 place.
UPDATE drover_jobs SET priority = ?2, state = ?3, rank = ?4, place = ?5 WHERE seq = ?1
