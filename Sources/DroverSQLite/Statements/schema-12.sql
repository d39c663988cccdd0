-- Version 12 of the layout: results that are kept for other jobs, by the text of the queue's name, the jobs' name and their key.
-- Instants are in ms.
CREATE TABLE drover_results (
    queue TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    stored_at INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (queue, name, key)
);
CREATE INDEX drover_results_by_end ON drover_results (ends);
