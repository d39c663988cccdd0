-- Remembers an exchange, so that repeating it changes nothing. Inputs: 1 queue number, 2 id, 3 when to forget it,
-- 4 statuses, 5 numbers of the claimed jobs, 6 lease in ms.
INSERT OR REPLACE INTO drover_exchanges (queue, id, expires_at, statuses, claims, lease) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
