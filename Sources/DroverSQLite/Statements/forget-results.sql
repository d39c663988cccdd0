-- Removes some results whose time is over, of any queue. Inputs: 1 now, 2 how many.
-- Complexity: a range of the index of their ends.
DELETE FROM drover_results WHERE rowid IN (
    SELECT rowid FROM drover_results WHERE ends <= ?1 ORDER BY ends LIMIT ?2)
