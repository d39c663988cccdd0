-- Forgets a few exchanges that can't be repeated any more. Inputs: 1 now.
DELETE FROM drover_exchanges WHERE (queue, id) IN
    (SELECT queue, id FROM drover_exchanges WHERE expires_at <= ?1 ORDER BY expires_at LIMIT 8)
