-- What the end or the removal of a job means to its parent (PROTOCOL 9.11 to 9.14, 14.3). The parent may be a job of
-- another queue, so nothing here uses this queue's keys.
local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end

local function markOf(queue)
    local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
    local places = tonumber(concurrency)
    if paused or (places and call('LLEN', queue.active) >= places) then return end
    call('ZADD', queue.marker, '0', '0')
end

-- Reads all that may be written of a parent, of its group, and of its queue, once.
local readParents = {}
local function readParent(parent)
    if readParents[parent] then return end
    readParents[parent] = true
    local queue, group = queueOf(parent), call('HGET', parent, 'grp')
    call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
        queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
    if group then readGroup(groupsAt(queue.base), group) end
end

-- Puts a parent that was taken out of waiting-children to work: to the front, to its priority, or to its delay.
local function releaseParent(queue, parent, id)
    local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
    priority, delay = tonumber(priority) or 0, tonumber(delay) or 0
    if delay > 0 then
        local due = now + delay
        local lowest, last = due * 4096, due * 4096 + 4095
        local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
        call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
        emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
        local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
        call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
        return
    end
    if group then
        enterGroup(groupsAt(queue.base), group, id, priority, priority == 0)
    elseif priority == 0 then
        call('RPUSH', queue.wait, id)
    else
        call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
    end
    markOf(queue)
    emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
end

-- Takes a parent out of waiting-children where it waits there for its children, and not for the turn of its group.
local function takeWaiting(queue, id)
    local score = call('ZSCORE', queue.children, id)
    return score and tonumber(score) >= 0 and call('ZREM', queue.children, id) == 1
end

local function wakeParent(parent)
    local queue, id = queueOf(parent)
    if call('EXISTS', parent) == 1 and takeWaiting(queue, id) then releaseParent(queue, parent, id) end
end

local function wakeParentIfDone(parent)
    if call('SCARD', parent .. ':dependencies') == 0 then wakeParent(parent) end
end

local function childCompleted(job, parent, result)
    if call('SREM', parent .. ':dependencies', job) == 0 then return end
    call('HSET', parent .. ':processed', job, result)
    wakeParentIfDone(parent)
end

-- The first policy that the child's `parent` names decides, a JSON text or false.
local function childFailed(job, parent, text, reason)
    local isObject, policy = pcall(cjson.decode, text or '{}')
    if not isObject or type(policy) ~= 'table' then policy = {} end
    local isKept = not (policy.fpof or policy.cpof or policy.idof or policy.rdof)
    if isKept or call('SREM', parent .. ':dependencies', job) == 0 then return end
    if policy.fpof then
        local queue, id = queueOf(parent)
        call('ZADD', parent .. ':unsuccessful', nowText, job)
        if call('EXISTS', parent) == 0 then return end
        local wasWaiting = takeWaiting(queue, id)
        local wasDelayed = not wasWaiting and call('ZREM', queue.delayed, id) == 1
        if wasDelayed then call('HSET', parent, 'delay', '0') end
        if wasWaiting or wasDelayed or not call('ZSCORE', queue.failed, id) then
            call('HSET', parent, 'defa', 'child ' .. job .. ' failed')
        end
        if wasWaiting or wasDelayed then releaseParent(queue, parent, id) end
    elseif policy.cpof then
        call('HSET', parent .. ':failed', job, reason)
        wakeParent(parent)
    else
        wakeParentIfDone(parent)
        if policy.idof then call('HSET', parent .. ':failed', job, reason) end
    end
end

-- A job of this queue is removed: a deduplication that it holds ends with it (PROTOCOL 9.16).
local function freeDeduplication(id, deduplication)
    if not deduplication then return end
    local holder, postponed = deduplicationKeys(deduplication)
    if call('GET', holder) == id then call('DEL', holder, postponed) end
end

-- A child disappears: its parent waits for it no longer. Such a parent goes to the front of `wait`; but when the queue is
-- being swept, a parent in this queue goes with its last child.
local function detach(job, parent, isSwept)
    if not parent then return end
    if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
    if call('SCARD', parent .. ':dependencies') > 0 then return end
    local queue, id = queueOf(parent)
    if not takeWaiting(queue, id) then return end
    if isSwept and base .. id == parent then
        local above, deduplication = unpack(call('HMGET', parent, 'parentKey', 'deid'))
        detach(parent, above, true)
        freeDeduplication(id, deduplication)
        call('DEL', jobKeys(parent))
        return
    end
    local group = call('HGET', parent, 'grp')
    if group then
        enterGroup(groupsAt(queue.base), group, id, 0, true)
    else
        call('RPUSH', queue.wait, id)
    end
    markOf(queue)
    emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
end
