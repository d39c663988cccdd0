-- What of an allowance counts at an instant, what ends first first. Inputs: 1 key, 2 instant.
-- Complexity: a range of the index by key.
SELECT amount, ends FROM drover_allowances WHERE key = ?1 AND ends > ?2 ORDER BY ends
