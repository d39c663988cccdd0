-- Jobs of a queue in any state but the active ones that are still held, for obliteration. Inputs: 1 queue number, 2 how many.
SELECT seq, state, log_lines, steps, dedup, id FROM drover_jobs WHERE queue = ?1 LIMIT ?2
