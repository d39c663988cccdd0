-- Likewise for what is remembered of exchanges. Inputs: 1 the latest expiry.
UPDATE drover_exchanges SET expires_at = ?1 WHERE expires_at > ?1
