-- Takes silent workers off the list. Inputs: 1 now.
DELETE FROM drover_workers WHERE seen_at + valid_for <= ?1
