-- Does one thing to one job (docs/store-contract.md, apply; PROTOCOL 12.5 to 12.10).
--
-- KEYS: the base of the queue's keys, the channel on which requests to stop are told.
-- ARGV: time (tests), id, command, its argument (priority, ms, payload, 1 to reset attempts), 1 for lifo, the only state in
--       which it is done or empty.
-- Reply: `done`, `requested`, `notFound`, `elsewhere` (a worker of another client holds it, which hears no request), or
-- the state that does not allow it.
-- O(log jobs); O(waiting) for what takes a job out of the list of waiting ones; `retry` also
-- O(children that failed it, and of those with several parents their parents).
--#include keys keys-more time base groups marks places parents lineage removal entering deduplication state leases holders steps
local id, command, argument, job = ARGV[2], ARGV[3], ARGV[4], base .. ARGV[2]
if call('EXISTS', job) == 0 then return 'notFound' end
call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, completedKey, failedKey, markerKey, eventsKey)
local state = stateOf(id)
if ARGV[6] ~= '' and state ~= ARGV[6] then return state end
local paused, concurrency
paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
local group, waiting, isShared = unpack(call('HMGET', job, 'grp', 'parentKey', 'dps'))
if waiting or isShared then readParents(job, waiting, isShared) end
if group then readGroup(groupsAt(base), group) end
local function storedPriority() return tonumber(call('HGET', job, 'priority')) or 0 end

if command == 'retry' then
    if state ~= 'completed' and state ~= 'failed' then return state end
    -- A job that is to run again waits for the children that failed it, where they still say that they are its own. Other
    -- clients may have let one complete since, which they told another parent alone.
    local failed, own, done, shared = call('ZRANGE', job .. ':unsuccessful', 0, -1), {}, {}, {}
    for _, child in ipairs(failed) do
        if isChild(child, job) then
            local other, name = string.match(child, '^(.*:)([^:]*)$')
            local first, isSharedToo, result, ended =
                unpack(call('HMGET', child, 'parentKey', 'dps', 'returnvalue', 'finishedOn'))
            if call('ZSCORE', other .. 'completed', name) then
                done[#done + 1], done[#done + 2] = child, result or 'null'
            else
                own[#own + 1] = child
                if isSharedToo then
                    local told = call('HGET', sharedKeyOf(other), name)
                    call('SCARD', sharedQueuesOf(other))
                    local isOpen = told and string.match(told, '^%d*') ~= ended
                    if isOpen then readParents(child, first, true) end
                    shared[#shared + 1] = { job = child, first = first, ended = ended, isOpen = isOpen }
                end
            end
        end
    end
    local isAwaiting = #own > 0 or call('SCARD', job .. ':dependencies') > 0
    call('ZCARD', childrenKey)
    call('HLEN', job .. ':processed')
    for _, child in ipairs(shared) do
        -- What its other parents were not told of its end they are now; what comes of it next, this one is too.
        if child.isOpen then tellEnd(child.job, child.first) end
        noteTold(child.job, child.ended or '', child.first)
    end
    if #own > 0 then callAll('SADD', job .. ':dependencies', own) end
    if #done > 0 then callAll('HSET', job .. ':processed', done) end
    call('DEL', job .. ':unsuccessful')
    takeOut(id, state)
    call('HDEL', job, 'finishedOn', 'processedOn', 'failedReason', 'returnvalue', 'defa')
    if argument == '1' then
        call('HDEL', job, 'atm', 'ats', 'cnl')
        forgetSteps(job)
    end
    if isAwaiting then
        call('HSET', job, 'delay', '0')
        call('ZADD', childrenKey, nowText, id)
    else
        pushAgain(id, storedPriority(), group)
    end
    local list = isShared and dependentsOf(job) or {}
    if waiting then table.insert(list, 1, { parent = waiting }) end
    for _, item in ipairs(list) do
        local above = item.parent
        if call('EXISTS', above) == 1 then
            local wasKnown = state == 'completed' and call('HDEL', above .. ':processed', job)
                or call('ZREM', above .. ':unsuccessful', job) + call('HDEL', above .. ':failed', job)
            if wasKnown > 0 then call('SADD', above .. ':dependencies', job) end
        end
    end
    if isShared then noteTold(job, '', waiting) end
    emit(isAwaiting and 'waiting-children' or 'waiting', 'jobId', id, 'prev', state)
elseif command == 'promote' then
    if state ~= 'delayed' then return state end
    call('ZREM', delayedKey, id)
    pushBack(id, storedPriority(), group)
    emit('waiting', 'jobId', id, 'prev', 'delayed')
    call('HSET', job, 'delay', '0')
elseif command == 'remove' then
    if state == 'active' then return state end
    if isPendingIteration(id) then return 'scheduled' end
    local place = takeOut(id, state)
    deleteJob(id, true)
    emit('removed', 'jobId', id, 'prev', place)
elseif command == 'cancel' then
    if state == 'completed' or state == 'failed' then return state end
    if state == 'active' then
        if isHeldElsewhere(id, call('HGET', job, 'ats')) then return 'elsewhere' end
        call('HSET', job, 'cnl', call('HGET', job, 'ats') or '0')
        emit('cancel-requested', 'jobId', id)
        call('PUBLISH', KEYS[2], id)
        return 'requested'
    end
    local place = takeOut(id, state)
    local policy, deduplication = unpack(call('HMGET', job, 'parent', 'deid'))
    if deduplication then endDeduplication(id, deduplication) end
    if waiting or isShared then tellFailed(job, waiting, policy, isShared, 'cancelled') end
    call('HSET', job, 'failedReason', 'cancelled', 'finishedOn', nowText)
    if state == 'waiting-children' then call('HSET', job, 'delay', '0') end
    call('HDEL', job, 'defa')
    call('ZADD', failedKey, nowText, id)
    emit('failed', 'jobId', id, 'failedReason', 'cancelled', 'prev', place)
elseif command == 'changePriority' then
    local priority, isFront = tonumber(argument), ARGV[5] == '1'
    if state == 'waiting' or state == 'prioritized' or state == 'grouped' then
        takeOut(id, state)
        if isFront then pushFront(id, priority, group) else pushBack(id, priority, group) end
    end
    call('HSET', job, 'priority', argument)
elseif command == 'changeDelay' then
    if state ~= 'delayed' then return state end
    local due = now + tonumber(argument)
    pushDelayed(id, due)
    call('HSET', job, 'delay', argument)
    emit('delayed', 'jobId', id, 'delay', integer(due))
elseif command == 'updatePayload' then
    call('HSET', job, 'data', argument)
end
mark(paused, concurrency)
return 'done'
