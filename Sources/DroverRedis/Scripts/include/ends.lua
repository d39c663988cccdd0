-- How jobs that several wait for ended under other clients, which tell the first parent alone (`parents`).

-- Calls a function that only reads; false where a key holds something else than it is to hold.
local function passes(read, ...)
    local isRead, answer = pcall(read, ...)
    if isRead then return true, answer end
    local text = type(answer) == 'table' and answer.err or tostring(answer)
    if not string.find(text, 'WRONGTYPE', 1, true) then error(answer, 0) end
    return false
end

-- Reads all that telling a parent may write, each key with a command of its type, once.
local soundQueues, soundParents = {}, {}
local function readTyped(parent)
    local queue = queueOf(parent)
    if not soundQueues[queue.base] then
        call('HLEN', queue.meta)
        call('LLEN', queue.wait)
        call('LLEN', queue.active)
        for _, key in ipairs({ queue.prioritized, queue.delayed, queue.failed, queue.children, queue.marker }) do
            call('ZCARD', key)
        end
        call('GET', queue.pc)
        call('XRANGE', queue.events, '0-1', '0-1')
        soundQueues[queue.base] = true
    end
    local name = call('HGET', parent, 'grp')
    call('SCARD', parent .. ':dependencies')
    call('HLEN', parent .. ':processed')
    call('HLEN', parent .. ':failed')
    call('ZCARD', parent .. ':unsuccessful')
    if not name then return end
    local groups = groupsAt(queue.base)
    local group = groupAt(groups, name)
    call('HLEN', groups.turns)
    for _, key in ipairs({ groups.ring, groups.resting, groups.names, group.waiting }) do call('ZCARD', key) end
    call('SCARD', group.running)
    call('HLEN', group.rule)
    call('HLEN', group.rate)
end
local function isSound(parent)
    if soundParents[parent] == nil then soundParents[parent] = passes(readTyped, parent) end
    return soundParents[parent]
end

-- How a job ended, if its parents do not know it yet.
local function lookAtEnd(job, value)
    local other, id = string.match(job, '^(.*:)([^:]*)$')
    local stamp, first = string.match(value, '^(%d*) (.*)$')
    if first == '' then first = nil end
    local parent, text, finished, result, reason =
        unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
    local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0, dropped = {} }
    if item.isGone then
        -- Removed. What it came to, the first parent may know; a failure that all were told of is no news.
        if first and isSound(first) then
            local failed = call('ZSCORE', first .. ':unsuccessful', job)
            item.result = call('HGET', first .. ':processed', job)
            item.reason = not item.result and (stamp == '' and call('HGET', first .. ':failed', job)
                or failed and failed ~= stamp and 'the job failed and was removed')
        end
    elseif not finished or finished == stamp then
        return
    elseif call('ZSCORE', other .. 'completed', id) then
        item.result = result or 'null'
    elseif call('ZSCORE', other .. 'failed', id) then
        item.reason, item.finished = reason or '', finished
    else
        return
    end
    -- A parent that holds something else can be told nothing, and is none.
    if item.parent and not isSound(item.parent) then item.parent = nil end
    call('SCARD', sharedQueuesOf(other))
    local others = dependentsOf(job)
    item.parents = #others
    for _, dependent in ipairs(others) do
        if not isSound(dependent.parent) then item.dropped[#item.dropped + 1] = dependent.entry end
    end
    return item
end

-- How a job ended that is not told yet, by what its queue's hash of such jobs has of it; reads what telling it may write.
-- Nil where it has not ended, or holds something else.
local function endOf(job, value)
    local isRead, item = passes(lookAtEnd, job, value)
    return isRead and item or nil
end

-- Tells the parents of a job how it ended; of one that is gone nothing is left. `own`: by their keys, parents that hear nothing.
local function tellEndOf(item, own)
    local job = item.job
    for _, entry in ipairs(item.dropped) do call('LREM', dependentsKey(job), 1, entry) end
    if own then
        if own[item.parent or ''] then item.parent = nil end
        for _, dependent in ipairs(dependentsOf(job)) do
            if own[dependent.parent] then call('LREM', dependentsKey(job), 1, dependent.entry) end
        end
    end
    if item.result then
        tellCompleted(job, item.parent, true, item.result)
    elseif item.reason then
        tellFailed(job, item.parent, item.text, true, item.reason, item.finished)
    end
    if item.isGone then
        leaveParents(job, item.parent, true)
        call('DEL', dependentsKey(job))
    end
end

-- What another client left of a job that it removed, whose id a new one is to have; nil where it left nothing.
local function leftoverOf(job)
    if call('EXISTS', dependentsKey(job)) == 0 then return end
    local item = endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
    return item or { job = job, isBare = true }
end
local function tellLeftover(item, own)
    if not item.isBare then return tellEndOf(item, own) end
    call('DEL', dependentsKey(item.job))
    noteTold(item.job)
end
