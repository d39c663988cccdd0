-- Version 5 of the layout: what steps of jobs' handlers have recorded. drover_jobs.steps is 1 for a job that has any.
ALTER TABLE drover_jobs ADD COLUMN steps INTEGER NOT NULL DEFAULT 0;
CREATE TABLE drover_steps (
    job INTEGER NOT NULL,
    name TEXT NOT NULL,
    at INTEGER NOT NULL,
    result TEXT NOT NULL,
    PRIMARY KEY (job, name)
) WITHOUT ROWID;
