-- What a job's steps have recorded, in no order. Inputs: 1 seq. Complexity: the length of that one list.
SELECT name, result, at FROM drover_steps WHERE job = ?1
