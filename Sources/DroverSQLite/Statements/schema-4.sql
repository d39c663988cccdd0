-- Version 4 of the layout: from which number of waiting, prioritized and delayed jobs on a queue takes no new ones.
ALTER TABLE drover_queues ADD COLUMN max_length INTEGER;
