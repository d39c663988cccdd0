-- What counts at an instant of all allowances, by key and id. Inputs: 1 key and 2 id to go on behind, 3 instant, 4 how many.
-- Complexity: a range of the table.
SELECT key, id, amount, ends FROM drover_allowances WHERE (key, id) > (?1, ?2) AND ends > ?3 ORDER BY key, id LIMIT ?4
