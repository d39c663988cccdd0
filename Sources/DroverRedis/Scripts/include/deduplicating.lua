-- New jobs that are the same as another one (PROTOCOL 10.4). Only enqueue.lua includes it, whose functions it fills.

-- Reads all that a rule may let the script write.
local function readHold(rule)
    rule.holder, rule.kept = deduplicationKeys(rule.id)
    local holder = call('GET', rule.holder)
    call('HLEN', rule.kept)
    if holder then
        call('ZSCORE', delayedKey, holder)
        call('EXISTS', jobKeys(base .. holder))
        -- A job that is replaced may be a child of another client's flow.
        local parent, isShared = unpack(rule.replaces and call('HMGET', base .. holder, 'parentKey', 'dps') or {})
        if parent then call('SCARD', parent .. ':dependencies') end
        if parent or isShared then readParents(base .. holder, parent, isShared) end
        if rule.keeps then call('LLEN', activeKey) end
    end
end

-- How long a new holder holds the id, in ms; 0 until it has finished.
local function lifetime(rule) return rule.keeps and 0 or rule.ttl end

local function setHolder(rule, id, remaining)
    if remaining > 0 then
        call('SET', rule.holder, id, 'PX', integer(remaining))
    else
        call('SET', rule.holder, id)
    end
end

-- Whether a job was stored with the rule's id; one of the holder's id that came later has nothing to do with it.
local function belongs(rule, id) return call('HGET', base .. id, 'deid') == rule.id end

-- The job that stands for a new one; or none, and the delayed one whose place the new one takes, if there is one.
function standing(rule)
    local old = call('GET', rule.holder)
    if not old then return end
    if rule.replaces and call('ZSCORE', delayedKey, old) and belongs(rule, old) then return nil, old end
    -- One whose job is gone holds nothing, unless it does so for a time.
    if call('PTTL', rule.holder) < 0 and call('EXISTS', base .. old) == 0 then
        rule.isStale = true
        return
    end
    return old
end

-- Takes a delayed job away for a new one.
function replace(tell, rule, old, id)
    tell('removed', 'jobId', old, 'prev', 'delayed')
    call('ZREM', delayedKey, old)
    deleteJob(old, false)
    emit('deduplicated', 'jobId', id, 'deduplicationId', rule.id, 'deduplicatedJobId', old)
    call('DEL', rule.kept)
end

-- Lets a job that has been stored hold the id; that of a job that it has replaced keeps its time, if the rule says so.
function hold(rule, old, id)
    local remaining = lifetime(rule)
    if rule.isStale then call('DEL', rule.kept) end
    if old and remaining > 0 and not rule.extends then
        local left = call('PTTL', rule.holder)
        -- A hold without a time stays one.
        remaining = left < 0 and 0 or math.max(left, 1)
    end
    setHolder(rule, id, remaining)
    call('HSET', base .. id, 'deid', rule.id)
end

-- Another job stands for a new one: that is forgotten, or kept until the other has finished.
function keep(tell, rule, holder, id, name, data, opts, due)
    local isKept = rule.keeps and call('LPOS', activeKey, holder) and belongs(rule, holder)
    if not isKept and rule.replaces then return end
    tell('deduplicated', 'jobId', holder, 'deduplicationId', rule.id, 'deduplicatedJobId', id)
    if isKept then
        -- BullMQ's clients read the delay in the options; an instant that was given is kept beside them.
        if due and due > now then opts = string.sub(opts, 1, -2) .. ',"delay":' .. integer(due - now) .. '}' end
        call('DEL', rule.kept)
        call('HSET', rule.kept, 'name', name, 'data', data, 'opts', opts, 'jid', id)
        if due and rule.isInstant then call('HSET', rule.kept, 'at', integer(due)) end
        setHolder(rule, holder, 0)
    elseif rule.extends and rule.ttl > 0 then
        setHolder(rule, holder, lifetime(rule))
    end
end
