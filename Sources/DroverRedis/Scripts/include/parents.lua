-- What the end or the removal of a job means to its parent (PROTOCOL 9.11 to 9.14, 14.3). The parent may be a job of
-- another queue, so nothing here uses this queue's keys.
--
-- A job that several wait for has the field `dps`. Its first parent is BullMQ's; the others stand in `J:dependents`, each
-- behind the word of its policy, in the order in which they hear of it. `Q:drover:shared` has, by the ids of jobs, those of
-- which not all parents were told how they ended: when the end was that they were told of, or nothing, and the first parent.
local function emitTo(queue, name, ...) call('XADD', queue.events, eventID, 'event', name, ...) end

local function markOf(queue)
    local paused, concurrency = unpack(call('HMGET', queue.meta, 'paused', 'concurrency'))
    local places = tonumber(concurrency)
    if paused or (places and call('LLEN', queue.active) >= places) then return end
    call('ZADD', queue.marker, '0', '0')
end

-- Reads all that may be written of a parent, of its group, and of its queue, once.
local parentsRead = {}
local function readParent(parent)
    if parentsRead[parent] then return end
    parentsRead[parent] = true
    local queue, group = queueOf(parent), call('HGET', parent, 'grp')
    call('EXISTS', parent, parent .. ':dependencies', parent .. ':processed', parent .. ':failed', parent .. ':unsuccessful',
        queue.wait, queue.prioritized, queue.pc, queue.delayed, queue.failed, queue.children, queue.marker, queue.events)
    if group then readGroup(groupsAt(queue.base), group) end
end

-- Lets a job of any queue wait for a worker: in its group, at its priority, or without one at the front or the back. Who
-- calls wakes and tells.
local function enterIn(queue, id, priority, isFirst, group)
    if group then
        enterGroup(groupsAt(queue.base), group, id, priority, isFirst and priority == 0)
    elseif priority ~= 0 then
        call('ZADD', queue.prioritized, integer(priority * 4294967296 + call('INCR', queue.pc) % 4294967296), id)
    else
        call(isFirst and 'RPUSH' or 'LPUSH', queue.wait, id)
    end
end

-- Lets a job of any queue wait until an instant: in one of the 4,096 places of its millisecond, behind those that are taken
-- (PROTOCOL 7.2).
local function delayIn(queue, id, due)
    local lowest, last = due * 4096, due * 4096 + 4095
    local taken = call('ZREVRANGEBYSCORE', queue.delayed, integer(last), integer(lowest), 'WITHSCORES', 'LIMIT', 0, 1)
    call('ZADD', queue.delayed, integer(taken[1] and math.min(tonumber(taken[2]) + 1, last) or lowest), id)
end

-- Wakes who waits for the earliest delayed job of a queue.
local function markDelayOf(queue)
    local earliest = call('ZRANGE', queue.delayed, 0, 0, 'WITHSCORES')
    call('ZADD', queue.marker, string.format('%.17g', tonumber(earliest[2]) / 4096), '1')
end

-- Puts a parent that was taken out of waiting-children to work: to the front, to its priority, or to its delay.
local function releaseParent(queue, parent, id)
    local priority, delay, group = unpack(call('HMGET', parent, 'priority', 'delay', 'grp'))
    delay = tonumber(delay) or 0
    if delay > 0 then
        local due = now + delay
        delayIn(queue, id, due)
        emitTo(queue, 'delayed', 'jobId', id, 'delay', integer(due))
        markDelayOf(queue)
        return
    end
    enterIn(queue, id, tonumber(priority) or 0, true, group)
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

-- The policies that the child's `parent` names, a JSON text or false.
local function policiesOf(text)
    local isObject, policy = pcall(cjson.decode, text or '{}')
    return isObject and type(policy) == 'table' and policy or {}
end

-- The first policy that is set decides.
local function childFailed(job, parent, policy, reason)
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

-- The members of a job's `parent` and of its options that say what its failure means (PROTOCOL 14.3), by Drover's words.
local flags = { fail = 'fpof', continue = 'cpof', ignore = 'idof', remove = 'rdof' }
local function policyOf(word) return flags[word] and { [flags[word]] = true } or {} end
local function flagText(word) return flags[word] and ',"' .. flags[word] .. '":true' or '' end

-- The `parent` of a child (PROTOCOL 4).
local function parentText(parent, word)
    local queueKey, id = string.match(parent, '^(.*):([^:]*)$')
    return '{"id":' .. cjson.encode(id) .. ',"queueKey":' .. cjson.encode(queueKey) .. flagText(word) .. '}'
end

-- The parents of a job beside the first, and what each entry that says so is.
local function dependentsOf(job)
    local others = {}
    for index, entry in ipairs(call('LRANGE', dependentsKey(job), 0, -1)) do
        local word, parent = string.match(entry, '^(%a+) (.*)$')
        others[index] = { parent = parent, word = word, policy = policyOf(word), entry = entry }
    end
    return others
end

-- Takes one of several parents from a job; the next is then BullMQ's.
local function forgetParent(job, parent)
    local others = dependentsOf(job)
    if call('HGET', job, 'parentKey') == parent then
        local second = others[1]
        if not second then return end
        call('HSET', job, 'parentKey', second.parent, 'parent', parentText(second.parent, second.word))
        call('LREM', dependentsKey(job), 1, second.entry)
    else
        for _, other in ipairs(others) do
            if other.parent == parent then call('LREM', dependentsKey(job), 1, other.entry) end
        end
    end
    local other, id = string.match(job, '^(.*:)([^:]*)$')
    local told = call('HGET', sharedKeyOf(other), id)
    if call('LLEN', dependentsKey(job)) == 0 then
        call('HDEL', job, 'dps')
        call('HDEL', sharedKeyOf(other), id)
    elseif told then
        call('HSET', sharedKeyOf(other), id, string.match(told, '^%d*') .. ' ' .. (call('HGET', job, 'parentKey') or ''))
    end
end

-- Reads what telling the parents of a job may write. `isShared`: whether it has the field `dps`.
local function readParents(job, parent, isShared)
    if parent then readParent(parent) end
    if not isShared then return end
    for _, other in ipairs(dependentsOf(job)) do readParent(other.parent) end
    local own = string.match(job, '^(.*:)[^:]*$')
    call('HLEN', sharedKeyOf(own))
    call('SCARD', sharedQueuesOf(own))
end

-- Notes what the parents of a job were told: nothing more is to be told, or something may be, once it has run again.
local function noteTold(job, stamp, first)
    local other, id = string.match(job, '^(.*:)([^:]*)$')
    if stamp then
        call('HSET', sharedKeyOf(other), id, stamp .. ' ' .. (first or ''))
        call('SADD', sharedQueuesOf(other), other)
    else
        call('HDEL', sharedKeyOf(other), id)
    end
end

local function tellCompleted(job, parent, isShared, result)
    if parent then childCompleted(job, parent, result) end
    if not isShared then return end
    for _, other in ipairs(dependentsOf(job)) do childCompleted(job, other.parent, result) end
    noteTold(job)
end

-- `text`: the job's `parent`. One that waits on may hear of the job again. `ended`: when it ended.
local function tellFailed(job, parent, text, isShared, reason, ended)
    if parent then childFailed(job, parent, policiesOf(text), reason) end
    if not isShared then return end
    local waits = false
    for _, other in ipairs(dependentsOf(job)) do
        childFailed(job, other.parent, other.policy, reason)
        waits = waits or not next(other.policy)
    end
    noteTold(job, waits and (ended or nowText), parent)
end

-- A child disappears: its parents wait for it no longer. Such a parent goes to the front of `wait`; but when the queue is
-- being swept, a parent in this queue goes with its last child. `others`: parents, by their keys, that go anyway.
local leaveParents
local function detach(job, parent, isSwept)
    if call('EXISTS', parent) == 0 or call('SREM', parent .. ':dependencies', job) == 0 then return end
    if call('SCARD', parent .. ':dependencies') > 0 then return end
    local queue, id = queueOf(parent)
    if not takeWaiting(queue, id) then return end
    if isSwept and base .. id == parent then
        local above, deduplication, isShared = unpack(call('HMGET', parent, 'parentKey', 'deid', 'dps'))
        leaveParents(parent, above, isShared, true)
        freeDeduplication(id, deduplication)
        call('DEL', jobKeys(parent))
        return
    end
    enterIn(queue, id, 0, true, call('HGET', parent, 'grp'))
    markOf(queue)
    emitTo(queue, 'waiting', 'jobId', id, 'prev', 'waiting-children')
end

-- Of a job that several wait for: where another client ended it and not all were told, they are now. What they were told
-- before counts once.
local function tellEnd(job, parent)
    local other, id = string.match(job, '^(.*:)([^:]*)$')
    local told = call('HGET', sharedKeyOf(other), id)
    if not told then return end
    local finished, result, reason, text = unpack(call('HMGET', job, 'finishedOn', 'returnvalue', 'failedReason', 'parent'))
    if not finished or finished == string.match(told, '^%d*') then return end
    if result then
        tellCompleted(job, parent, true, result)
    elseif reason then
        tellFailed(job, parent, text, true, reason, finished)
    end
end

function leaveParents(job, parent, isShared, isSwept, others)
    if isShared then tellEnd(job, parent) end
    if parent and not (others and others[parent]) then detach(job, parent, isSwept) end
    if not isShared then return end
    for _, other in ipairs(dependentsOf(job)) do
        if not (others and others[other.parent]) then detach(job, other.parent, isSwept) end
    end
    noteTold(job)
end
