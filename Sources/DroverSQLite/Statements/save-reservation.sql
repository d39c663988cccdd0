-- Reserves of an allowance. Inputs: 1 key, 2 id, 3 amount, 4 when it counts no more.
INSERT OR REPLACE INTO drover_allowances (key, id, amount, ends) VALUES (?1, ?2, ?3, ?4)
