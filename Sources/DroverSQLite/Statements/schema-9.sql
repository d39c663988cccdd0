-- Version 9 of the layout: allowances.
-- What is reserved of them: so much under an id. ends: when it counts no more, in ms; the greatest number for never.
CREATE TABLE drover_allowances (
    key TEXT NOT NULL,
    id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    PRIMARY KEY (key, id)
) WITHOUT ROWID;
CREATE INDEX drover_allowances_by_key ON drover_allowances (key, ends, amount);
CREATE INDEX drover_allowances_by_end ON drover_allowances (ends);
