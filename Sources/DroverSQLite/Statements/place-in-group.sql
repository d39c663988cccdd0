-- Gives a job its place in its group. Inputs: 1 seq, 2 priority, 3 place.
UPDATE drover_jobs SET grp_rank = ?2, grp_place = ?3 WHERE seq = ?1
