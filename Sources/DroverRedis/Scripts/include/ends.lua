-- How jobs that several wait for ended under other clients, which tell the first parent alone (`parents`).

-- Whether the keys of a job hold what they are to hold, or nothing.
local function areOfType(types)
    for key, kind in pairs(types) do
        local found = call('TYPE', key).ok
        if found ~= kind and found ~= 'none' then return false end
    end
    return true
end
local function isSound(parent)
    local queue = queueOf(parent)
    return areOfType({
        [parent] = 'hash', [parent .. ':dependencies'] = 'set', [parent .. ':processed'] = 'hash',
        [parent .. ':failed'] = 'hash', [parent .. ':unsuccessful'] = 'zset', [queue.meta] = 'hash', [queue.wait] = 'list',
        [queue.active] = 'list', [queue.prioritized] = 'zset', [queue.pc] = 'string', [queue.delayed] = 'zset',
        [queue.failed] = 'zset', [queue.children] = 'zset', [queue.marker] = 'zset', [queue.events] = 'stream',
    })
end

-- How a job ended that is not told yet, by what its queue's hash of such jobs has of it; reads what telling it may write.
-- Nil where it has not ended, or can't be told.
local function endOf(job, value)
    local other, id = string.match(job, '^(.*:)([^:]*)$')
    if not areOfType({ [job] = 'hash', [dependentsKey(job)] = 'list' }) then return end
    local stamp, first = string.match(value, '^(%d*) (.*)$')
    if first == '' then first = nil end
    local parent, text, finished, result, reason =
        unpack(call('HMGET', job, 'parentKey', 'parent', 'finishedOn', 'returnvalue', 'failedReason'))
    local item = { job = job, parent = parent or first, text = text, isGone = call('EXISTS', job) == 0 }
    if item.parent and not isSound(item.parent) then return end
    for _, dependent in ipairs(dependentsOf(job)) do
        if not isSound(dependent.parent) then return end
    end
    if item.isGone then
        -- Removed. What it came to, the first parent may know.
        if first then
            item.result = call('HGET', first .. ':processed', job)
            item.reason = not item.result and (call('HGET', first .. ':failed', job)
                or call('ZSCORE', first .. ':unsuccessful', job) and 'the job failed and was removed')
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
    readParents(job, item.parent, true)
    return item
end

-- Tells the parents of a job how it ended; of one that is gone nothing is left.
local function tellEndOf(item)
    if item.result then
        tellCompleted(item.job, item.parent, true, item.result)
    elseif item.reason then
        tellFailed(item.job, item.parent, item.text, true, item.reason, item.finished)
    end
    if item.isGone then
        leaveParents(item.job, item.parent, true)
        call('DEL', dependentsKey(item.job))
    end
end

-- What another client left of a job that it removed, whose id a new one is to have; nil where it left nothing, or what can't
-- be told.
local function leftoverOf(job)
    if call('EXISTS', dependentsKey(job)) == 0 then return end
    return endOf(job, call('HGET', sharedKeyOf(string.match(job, '^(.*:)')), string.match(job, '[^:]*$')) or ' ')
end
