-- Leases. BullMQ's lock says to its clients that a job is held; it is gone when its time has passed. Beside it
-- `drover:leases` has the attempt, the token and the id of each job that Drover holds, by expiry, so that an outcome is
-- still taken when nobody has reclaimed the job meanwhile, and expired leases are found without looking at all.
local function member(attempt, token, id) return (attempt or '0') .. '\t' .. token .. '\t' .. id end

local function parseMember(text) return string.match(text, '^(%d+)\t(.*)\t([^\t]*)$') end

-- Whether a job is held under a token: Drover knows the lease for the present attempt, nobody else holds the lock,
-- and, where the lock is gone, no client has taken the job out of `active`.
local function isHeld(id, attempt, token)
    if not call('ZSCORE', leasesKey, member(attempt, token, id)) then return false end
    local lock = call('GET', lockKey(id))
    if lock then return lock == token, lock end
    return call('LPOS', activeKey, id) and true or false
end
