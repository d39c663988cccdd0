-- Version 10 of the layout: groups.
-- State 7 is that of a job that waits in its group. The text of the check is changed as in version 8.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (state BETWEEN 0 AND 6)', 'CHECK (state BETWEEN 0 AND 7)')
WHERE type = 'table' AND name = 'drover_jobs';
PRAGMA writable_schema = RESET;
ALTER TABLE drover_queues ADD COLUMN grouped INTEGER NOT NULL DEFAULT 0;
-- The group of a job, NULL for none, and its place there while it waits: its priority, and its turn among equal ones.
-- drover_jobs.steps has the bit 8 for a job with a group.
ALTER TABLE drover_jobs ADD COLUMN grp TEXT;
ALTER TABLE drover_jobs ADD COLUMN grp_rank INTEGER;
ALTER TABLE drover_jobs ADD COLUMN grp_place INTEGER;
CREATE INDEX drover_jobs_group ON drover_jobs (queue, grp, grp_rank, grp_place) WHERE state = 7;
-- The groups of a queue: those that have jobs that wait or are active, a setting of their own, or a window of their rate.
-- turn: where the group stands among those that may run, NULL while it may not. rest: when it is looked at again, while it has
-- jobs and may not run. idle_until: when a group may be forgotten of which only a window is left. Instants are in ms.
CREATE TABLE drover_groups (
    queue INTEGER NOT NULL,
    name TEXT NOT NULL,
    weight INTEGER,
    concurrency INTEGER,
    rate_max INTEGER,
    rate_span INTEGER,
    paused INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    active INTEGER NOT NULL,
    window_end INTEGER,
    begun INTEGER NOT NULL,
    turn INTEGER,
    rest INTEGER,
    idle_until INTEGER,
    PRIMARY KEY (queue, name)
) WITHOUT ROWID;
CREATE INDEX drover_groups_turn ON drover_groups (queue, turn, name) WHERE turn IS NOT NULL;
CREATE INDEX drover_groups_rest ON drover_groups (queue, rest, name) WHERE rest IS NOT NULL;
CREATE INDEX drover_groups_idle ON drover_groups (queue, idle_until) WHERE idle_until IS NOT NULL;
-- The clock of turns of a queue that has or had groups, and the settings of all groups that have none of their own.
CREATE TABLE drover_turns (
    queue INTEGER PRIMARY KEY,
    now INTEGER NOT NULL,
    plain INTEGER NOT NULL,
    weight INTEGER,
    concurrency INTEGER,
    rate_max INTEGER,
    rate_span INTEGER
);
-- Jobs that were stored with a group join it.
UPDATE drover_jobs SET grp = json_extract(options, '$.group'), steps = steps | 8
WHERE options IS NOT NULL AND json_valid(options) AND json_type(options, '$.group') = 'text'
    AND json_extract(options, '$.group') <> '';
UPDATE drover_jobs SET grp_rank = CASE state WHEN 0 THEN 0 ELSE rank END, grp_place = place, rank = 0, place = seq, state = 7
WHERE state <= 1 AND grp IS NOT NULL;
INSERT INTO drover_groups (queue, name, paused, waiting, active, begun, turn)
SELECT queue, grp, 0, sum(state = 7), sum(state = 3), 0, CASE WHEN sum(state = 7) > 0 THEN 5040 END
FROM drover_jobs WHERE grp IS NOT NULL AND state IN (3, 7) GROUP BY queue, grp;
UPDATE drover_queues SET
    waiting = (SELECT count(*) FROM drover_jobs WHERE queue = number AND state = 0),
    prioritized = (SELECT count(*) FROM drover_jobs WHERE queue = number AND state = 1),
    grouped = (SELECT count(*) FROM drover_jobs WHERE queue = number AND state = 7)
WHERE number IN (SELECT queue FROM drover_groups);
