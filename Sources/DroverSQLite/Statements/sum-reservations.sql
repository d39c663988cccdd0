-- How much of an allowance counts at an instant. Inputs: 1 key, 2 instant.
-- Complexity: a range of the index by key, which has the amounts.
SELECT COALESCE(SUM(amount), 0) FROM drover_allowances WHERE key = ?1 AND ends > ?2
