-- Leases. BullMQ's lock says to its clients that a job is held; it is gone when its time has passed. Beside it
-- `drover:leases` has for each job that Drover holds its attempt, token and expiry, so that an outcome is still taken
-- when nobody has reclaimed the job meanwhile, and expired leases are found by a look at the active jobs only.
local function leaseStart(attempt, token) return (attempt or '0') .. '\t' .. token .. '\t' end
