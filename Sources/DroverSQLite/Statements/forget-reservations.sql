-- Removes some reservations that count no more, of any allowance. Inputs: 1 now, 2 how many.
-- Complexity: a range of the index of their ends.
DELETE FROM drover_allowances WHERE (key, id) IN (
    SELECT key, id FROM drover_allowances WHERE ends <= ?1 ORDER BY ends LIMIT ?2)
