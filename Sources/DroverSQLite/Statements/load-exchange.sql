-- A remembered exchange. Inputs: 1 queue number, 2 id, 3 now.
SELECT statuses, claims, lease FROM drover_exchanges WHERE queue = ?1 AND id = ?2 AND expires_at > ?3
