-- Version 3 of the layout: how far the move of a queue has come, as DroverCore writes it.
CREATE TABLE drover_moves (queue INTEGER PRIMARY KEY, body TEXT NOT NULL);
