-- Removes some deduplication ids that nobody holds any more, of any queue. Inputs: 1 now, 2 how many.
-- Complexity: a range of the index of their ends.
DELETE FROM drover_dedups WHERE (queue, id) IN (
    SELECT queue, id FROM drover_dedups WHERE expires_at <= ?1 AND next_id IS NULL ORDER BY expires_at LIMIT ?2)
