-- Remembers how far the move of a queue has come. Inputs: 1 queue number, 2 the checkpoint.
INSERT OR REPLACE INTO drover_moves (queue, body) VALUES (?1, ?2)
