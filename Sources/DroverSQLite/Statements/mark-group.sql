-- Notes the group of a job. Inputs: 1 seq, 2 the group.
UPDATE drover_jobs SET grp = ?2, steps = steps | 8 WHERE seq = ?1
