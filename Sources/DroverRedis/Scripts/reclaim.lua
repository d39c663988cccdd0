-- Puts jobs whose lease has expired back to the front and counts a stall on each (docs/store-contract.md,
-- reclaimStalled; PROTOCOL 11.6).
--
-- Drover's own leases are known by their expiry and are reclaimed at once. Jobs that other clients hold are known only
-- by their locks: for them the check of PROTOCOL 11.6 is made, once an interval for all clients of the queue.
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), stalls allowed, limit, interval in ms.
-- Reply: for each job in the order in which they were put back: id, stalls, 1 when it must fail, else 0.
-- O(active), the reclaimed ones each O(log jobs); in a queue with groups O(500 active).
--#include keys keys-more time base groups marks places leases holders
call('EXISTS', waitKey, activeKey, prioritizedKey, pcKey, markerKey, eventsKey, stalledKey, checkKey, leasesKey)
local allowed, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
local paused, concurrency, hasGroups
paused, concurrency, keptEvents, hasGroups =
    unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents', 'drover:groups'))
local reply = {}

-- Reads what will be written of a job that is put back.
local function read(id)
    local group = call('HGET', base .. id, 'grp')
    call('EXISTS', base .. id, lockKey(id))
    if group then readGroup(groupsAt(base), group) end
end

-- Whether a scheduler that there is made the job: then it never fails by its stalls.
local function isOfScheduler(id, scheduler)
    scheduler = scheduler or string.match(id, '^repeat:(.+):%d+$')
    return scheduler and (call('EXISTS', schedulerKey(scheduler), pausedSchedulerKey(scheduler)) > 0
        or call('ZSCORE', repeatKey, scheduler))
end

local function putBack(id)
    local job = base .. id
    local stalls, attempt, cancelled, failure, scheduler, priority, group =
        unpack(call('HMGET', job, 'stc', 'ats', 'cnl', 'defa', 'rjk', 'priority', 'grp'))
    if group then leaveGroup(groupsAt(base), group, id, 'active') end
    stalls = (tonumber(stalls) or 0) + 1
    call('HSET', job, 'stc', integer(stalls))
    if cancelled and cancelled == attempt then
        failure = 'cancelled'
        call('HSET', job, 'defa', failure)
    elseif not failure and stalls > allowed and not isOfScheduler(id, scheduler) then
        failure = 'job stalled more than allowable limit'
        call('HSET', job, 'defa', failure)
    end
    pushFront(id, tonumber(priority) or 0, group)
    emit('waiting', 'jobId', id, 'prev', 'active')
    emit('stalled', 'jobId', id)
    reply[#reply + 1] = id
    reply[#reply + 1] = stalls
    reply[#reply + 1] = failure and 1 or 0
end

-- Our own. The earliest expiry first; among equal ones the job that was claimed first, which lies further right.
local leases, candidates, stale = call('HGETALL', leasesKey), {}, {}
local places
for index = 1, #leases, 2 do
    local id = leases[index]
    local attempt, token, expiry = parseLease(leases[index + 1])
    if tonumber(expiry) <= now then
        if not places then
            places = {}
            for place, active in ipairs(call('LRANGE', activeKey, 0, -1)) do places[active] = place end
        end
        local lock = call('GET', lockKey(id))
        local isOurs = places[id] and (call('HGET', base .. id, 'ats') or '0') == attempt and (not lock or lock == token)
        if isOurs then
            candidates[#candidates + 1] = { id = id, expiry = tonumber(expiry), place = places[id] }
        else
            stale[#stale + 1] = id
        end
    end
end
table.sort(candidates, function(left, right)
    if left.expiry ~= right.expiry then return left.expiry < right.expiry end
    return left.place > right.place
end)

-- Those of others: one that stays without a lock from one check to the next. From the one claimed last, so that the one claimed
-- first is put to the front last.
local isCheck, suspects = call('EXISTS', checkKey) == 0, {}
if isCheck then
    local known = {}
    for _, id in ipairs(call('SMEMBERS', stalledKey)) do known[id] = true end
    for _, id in ipairs(call('LRANGE', activeKey, 0, -1)) do
        if known[id] and call('EXISTS', lockKey(id)) == 0 then suspects[#suspects + 1] = id end
    end
end

-- Groups of which jobs may have ended that another client worked or removed: some of them, others each time.
local groups, left = groupsAt(base), {}
if hasGroups then
    local size = call('ZCARD', groups.names)
    local from = size > 50 and now % size or 0
    for _, name in ipairs(call('ZRANGE', groups.names, integer(from), integer(from + 49))) do
        local group = readGroup(groups, name)
        for _, id in ipairs(call('SRANDMEMBER', group.running, 10)) do
            if not call('LPOS', activeKey, id) then left[#left + 1] = { group, id } end
        end
    end
end

for index = 1, math.min(#candidates, limit) do read(candidates[index].id) end
for index = 1, math.min(#suspects, limit + #candidates) do read(suspects[index]) end

-- The first comes to lie in front of the others, so it is put there last.
local isTaken = {}
for index = math.min(#candidates, limit), 1, -1 do
    local id = candidates[index].id
    stale[#stale + 1] = id
    isTaken[id] = true
    call('DEL', lockKey(id))
    call('SREM', stalledKey, id)
    call('LREM', activeKey, '-1', id)
    putBack(id)
end
callAll('HDEL', leasesKey, stale)

-- What the limit leaves is for the next call.
if isCheck then
    call('SET', checkKey, nowText, 'PX', ARGV[4])
    local isLeft = false
    for _, id in ipairs(suspects) do
        if not isTaken[id] then
            if #reply >= 3 * limit then
                isLeft = true
                break
            end
            call('LREM', activeKey, '-1', id)
            call('SREM', stalledKey, id)
            putBack(id)
        end
    end
    if isLeft then
        call('DEL', checkKey)
    else
        call('DEL', stalledKey)
        callAll('SADD', stalledKey, call('LRANGE', activeKey, 0, -1))
    end
end
for _, item in ipairs(left) do
    call('SREM', item[1].running, item[2])
    if refreshGroup(groups, item[1]) then hasPushed = true end
end
mark(paused, concurrency)
return reply
