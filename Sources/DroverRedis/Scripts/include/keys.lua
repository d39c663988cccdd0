-- The keys of one queue, in the order of KeySpace.queueKeys, and what is spelled from a job's id.
-- No other script spells a key.
local base, idKey, metaKey, waitKey, activeKey, prioritizedKey, pcKey, delayedKey, childrenKey, completedKey,
    failedKey, markerKey, eventsKey, stalledKey, checkKey, limiterKey, repeatKey, pausedKey, completedMetricsKey,
    failedMetricsKey, leasesKey, queuesKey = unpack(KEYS)
local call = redis.call

local function lockKey(id) return base .. id .. ':lock' end

local function logKey(job) return job .. ':logs' end

-- All keys that a job has beside its lock (PROTOCOL 2.1).
local function jobKeys(job)
    return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful'
end

-- The keys of the queue of a job that another job's hash names, and that job's id (PROTOCOL 2.3).
local function queueOf(job)
    local other, id = string.match(job, '^(.*):([^:]*)$')
    return {
        meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
        prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
        children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
    }, id
end

-- What tells that a deduplication id is taken, and the job that waits for its end (PROTOCOL 10.4).
local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end

-- The hash of a scheduler (PROTOCOL 15.1).
local function schedulerKey(id) return repeatKey .. ':' .. id end
