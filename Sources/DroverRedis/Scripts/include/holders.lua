-- Who holds a job, by its lease (`leases`) and its lock.

-- The attempt, token and expiry of a lease.
local function parseLease(text) return string.match(text, '^(%d+)\t(.*)\t(%d+)$') end

-- The expiry of a job's lease if it is held under a token, else nil: Drover knows the lease for the present attempt,
-- nobody else holds the lock, and, where the lock is gone, no client has taken the job out of `active`.
local function heldUntil(id, attempt, token)
    local lease = call('HGET', leasesKey, id)
    local start = leaseStart(attempt, token)
    if not lease or string.sub(lease, 1, #start) ~= start then return end
    local lock = call('GET', lockKey(id))
    if lock and lock ~= token or not lock and not call('LPOS', activeKey, id) then return end
    return tonumber(string.sub(lease, #start + 1))
end

-- Whether an active job is held by a worker of another client: under a lock that belongs to no lease of Drover's.
local function isHeldElsewhere(id, attempt)
    local lock = call('GET', lockKey(id))
    if not lock then return false end
    local known, token = parseLease(call('HGET', leasesKey, id) or '')
    return token ~= lock or known ~= (attempt or '0')
end
