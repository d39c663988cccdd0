-- Says who holds a deduplication id. Inputs: 1 queue number, 2 the id, then the columns in their order.
INSERT OR REPLACE INTO drover_dedups (queue, id, holder, expires_at, next_id, next_name, next_payload, next_options,
    next_delay, next_start)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
