-- Takes a job from a worker that is gone. Inputs: 1 seq, 2 state, 3 rank, 4 place, 5 stalls, 6 deferred failure or NULL.
UPDATE drover_jobs SET state = ?2, rank = ?3, place = ?4, stalls = ?5, token = NULL, cancel = 0,
    deferred_failure = ?6
WHERE seq = ?1
