-- Forgets a queue's exchanges: those of one lease. Inputs: 1 queue number.
DELETE FROM drover_exchanges WHERE queue = ?1
