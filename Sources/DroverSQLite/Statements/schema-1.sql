-- Version 1 of the layout.
-- drover_jobs.rank orders a state: 0 when waiting, the priority when prioritized, the due time when delayed, the
-- lease's expiry (as drover_host tells the time) when active, the time of the end when finished; place orders what is
-- otherwise equal. One index thus serves every state, and a change of state costs one removal and one insertion in it.
-- A queue that was obliterated stays as a row that is gone, so that positions of its events never come again.
-- The id of a job is its own text, or, when that is NULL, seq as decimal text.
CREATE TABLE drover_sequence (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL);
INSERT INTO drover_sequence (id, value) VALUES (1, 0);
-- The run of the host under which the file was last opened, and how far the wall clock was ahead of the host's uptime
-- then, in ms: leases are told by the uptime plus that distance.
CREATE TABLE drover_host (id INTEGER PRIMARY KEY CHECK (id = 1), run TEXT NOT NULL, distance INTEGER NOT NULL);
CREATE TABLE drover_queues (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    paused INTEGER NOT NULL DEFAULT 0,
    waiting INTEGER NOT NULL DEFAULT 0,
    prioritized INTEGER NOT NULL DEFAULT 0,
    delayed INTEGER NOT NULL DEFAULT 0,
    active INTEGER NOT NULL DEFAULT 0,
    completed INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    last_event INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0,
    cancels INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE drover_jobs (
    seq INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 5),
    rank INTEGER NOT NULL,
    place INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    attempts_made INTEGER NOT NULL DEFAULT 0,
    attempts_started INTEGER NOT NULL DEFAULT 0,
    stalls INTEGER NOT NULL DEFAULT 0,
    cancel INTEGER NOT NULL DEFAULT 0,
    log_lines INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    processed_at INTEGER,
    token TEXT,
    worker TEXT,
    id TEXT,
    name TEXT NOT NULL,
    result TEXT,
    progress TEXT,
    failed_reason TEXT,
    deferred_failure TEXT,
    stacktrace TEXT,
    options TEXT,
    payload TEXT NOT NULL
);
CREATE INDEX drover_jobs_order ON drover_jobs (queue, state, rank, place);
CREATE UNIQUE INDEX drover_jobs_own_id ON drover_jobs (queue, id) WHERE id IS NOT NULL;
CREATE TABLE drover_logs (
    job INTEGER NOT NULL,
    line INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (job, line)
) WITHOUT ROWID;
CREATE TABLE drover_events (
    queue INTEGER NOT NULL,
    last INTEGER NOT NULL,
    count INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX drover_events_position ON drover_events (queue, last);
CREATE TABLE drover_exchanges (
    queue INTEGER NOT NULL,
    id TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    statuses BLOB NOT NULL,
    claims BLOB NOT NULL,
    lease INTEGER NOT NULL,
    PRIMARY KEY (queue, id)
) WITHOUT ROWID;
CREATE INDEX drover_exchanges_expiry ON drover_exchanges (expires_at);
CREATE TABLE drover_workers (
    id TEXT PRIMARY KEY,
    queue TEXT NOT NULL,
    host TEXT NOT NULL,
    process INTEGER NOT NULL,
    concurrency INTEGER NOT NULL,
    running INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    valid_for INTEGER NOT NULL
) WITHOUT ROWID;
