-- The other keys of one queue, and what is spelled from a job's id.
local childrenKey, checkKey = base .. 'waiting-children', base .. 'stalled-check'
local repeatKey, pausedKey = base .. 'repeat', base .. 'paused'
local completedMetricsKey, failedMetricsKey = base .. 'metrics:completed', base .. 'metrics:failed'

-- The groups that may run (`groups`).
local ringKey, restingKey = base .. 'drover:ring', base .. 'drover:resting'

-- How far the move of the queue has come.
local moveKey = base .. 'drover:move'

local function logKey(job) return job .. ':logs' end

-- All keys that a job has beside its lock (PROTOCOL 2.1).
local function jobKeys(job)
    return job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful',
        job .. ':dependents'
end

-- Of a job that several wait for: the others beside the first; in a hash of its queue that it is one of which not all were told
-- how it ended (`parents`); and the set of such queues.
local function dependentsKey(job) return job .. ':dependents' end
local function sharedKeyOf(other) return other .. 'drover:shared' end
local function sharedQueuesOf(other) return string.match(other, '^(.*):[^:]*:$') .. ':drover-shared' end

-- The keys of the queue of a job that another job's hash names, and that job's id (PROTOCOL 2.3).
local function queueOf(job)
    local other, id = string.match(job, '^(.*):([^:]*)$')
    return {
        base = other .. ':', meta = other .. ':meta', wait = other .. ':wait', active = other .. ':active', pc = other .. ':pc',
        prioritized = other .. ':prioritized', delayed = other .. ':delayed', failed = other .. ':failed',
        children = other .. ':waiting-children', marker = other .. ':marker', events = other .. ':events',
    }, id
end

-- What tells that a deduplication id is taken, and the job that waits for its end (PROTOCOL 10.4).
local function deduplicationKeys(id) return base .. 'de:' .. id, base .. 'dn:' .. id end

-- The hash of a scheduler (PROTOCOL 15.1). While it is paused it lies elsewhere, where other clients do not look, and so
-- does its place in the order of slots.
local pausedSchedulersKey = base .. 'drover:schedulers'
local function schedulerKey(id) return repeatKey .. ':' .. id end
local function pausedSchedulerKey(id) return base .. 'drover:scheduler-' .. id end

-- The id of the job of a scheduler's slot.
local function iterationID(scheduler, slot) return string.format('repeat:%s:%d', scheduler, slot) end
