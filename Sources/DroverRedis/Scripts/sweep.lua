-- Does one bounded step of a sweep (docs/store-contract.md, sweep; PROTOCOL 13.2, 13.3, 13.5).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), limit, then `drain` and 1 for delayed jobs too · `clean`, state, age in ms, cursor · `obliterate`
--       and 1 when forced.
--       A cursor of `clean` is the number of entries of a list that were passed over, or that of `walk` in a sorted set.
-- Reply: how many were removed, 1 when there may be more, the next cursor; or a text that says why not.
-- O(limit, each O(log jobs) and the parents of a job), and a drain O(schedules), whose next jobs it passes over; O(waiting) for
-- a step of `clean` in the list of waiting jobs.
--#include keys keys-more time base groups parents ends removal state walk leases holders gone
call('EXISTS', waitKey, activeKey, prioritizedKey, delayedKey, completedKey, failedKey, eventsKey, markerKey)
local limit, sweep = tonumber(ARGV[2]), ARGV[3]
-- Whether a group may run that could not before.
local hasFreed = false

-- Takes the first `count` ids of a list (from its right, where the next to run lies) or of a sorted set, below a score
-- where one is given.
local function first(key, isList, count, bound)
    if isList then return fromRight(key, 0, count) end
    if bound then return count > 0 and call('ZRANGEBYSCORE', key, '-inf', bound, 'LIMIT', 0, count) or {} end
    return count > 0 and call('ZRANGE', key, 0, count - 1) or {}
end

local function removeFrom(key, isList, ids)
    if #ids == 0 then return end
    if isList then
        for _, id in ipairs(ids) do call('LREM', key, -1, id) end
    else
        callAll('ZREM', key, ids)
    end
    for _, id in ipairs(ids) do
        local group = (key == childrenKey or key == activeKey) and call('HGET', base .. id, 'grp')
        if group and leaveGroup(groupsAt(base), group, id, key == activeKey and 'active' or 'grouped') then
            hasFreed = true
        end
        deleteJob(id, true, true)
    end
end

if sweep == 'drain' then
    local looked, removed = 0, 0
    local places = {
        { waitKey, true }, { pausedKey, true }, { prioritizedKey, false }, { childrenKey, false, scoresOf.grouped[2] },
    }
    if ARGV[4] == '1' then places[5] = { delayedKey, false } end
    for _, place in ipairs(places) do
        -- A pending iteration stays, and is passed over.
        local passed = 0
        while looked < limit do
            local batch, ids, known = first(place[1], place[2], passed + math.max(limit, 100), place[3]), {}, passed
            if #batch == known then break end
            for index = known + 1, #batch do
                if isPendingIteration(batch[index]) then
                    passed = passed + 1
                elseif looked + #ids < limit then
                    ids[#ids + 1] = batch[index]
                else
                    break
                end
            end
            looked = looked + #ids
            removeFrom(place[1], place[2], ids)
            removed = removed + #ids
        end
    end
    return { removed, looked >= limit and 1 or 0, '' }
end

if sweep == 'clean' then
    local state, cut, cursor = ARGV[4], now - tonumber(ARGV[5]), ARGV[6]
    local isList = state == 'waiting' or state == 'active'
    local key, isFinished = keyOf[state], state == 'completed' or state == 'failed'
    local candidates, looked, passed = {}, 0, tonumber(cursor) or 0
    if isList then
        candidates = fromRight(key, passed, limit)
        looked = #candidates
    else
        local scores = scoresOf[state] or { '-inf', isFinished and integer(cut) or '+inf' }
        looked, cursor = walk(key, true, cursor, scores[2], limit, function(id)
            candidates[#candidates + 1] = id
        end, scores[1])
    end
    local ids = {}
    for _, id in ipairs(candidates) do
        local matches = not isPendingIteration(id)
        if matches and not isFinished then
            local started, stored = unpack(call('HMGET', base .. id, 'processedOn', 'timestamp'))
            matches = (tonumber(started) or tonumber(stored) or 0) <= cut
        end
        if matches and state == 'active' then
            -- Ours by its expiry, as no lease may be shorter than its lock; another client's by its lock.
            local lock, attempt = call('GET', lockKey(id)), call('HGET', base .. id, 'ats') or '0'
            local expiry = lock and heldUntil(id, attempt, lock)
            if lock then matches = expiry and expiry <= now end
            if matches then call('DEL', lockKey(id)) end
        end
        if matches then ids[#ids + 1] = id end
    end
    removeFrom(key, isList, ids)
    -- Stored again under its id, a job must not be held by its old lease.
    if state == 'active' then callAll('HDEL', leasesKey, ids) end
    if hasFreed and call('HEXISTS', metaKey, 'paused') == 0 then call('ZADD', markerKey, '0', '0') end
    if isList then cursor = integer(passed + looked - #ids) end
    keptEvents = call('HGET', metaKey, 'opts.maxLenEvents')
    -- A queue that was never used stays unknown.
    if keptEvents or call('EXISTS', metaKey) == 1 then emit('cleaned', 'count', integer(#ids)) end
    return { #ids, looked >= limit and 1 or 0, cursor }
end

-- Obliterate.
if call('EXISTS', metaKey) == 0 then
    -- Another client has removed it, and may have left what lies where it does not look: what waits in groups or for children.
    local isLeft = call('EXISTS', childrenKey, groupsAt(base).names) > 0
    if isLeft and call('EXISTS', waitKey, pausedKey, activeKey, prioritizedKey, delayedKey) > 0 then isLeft = false end
    if not isLeft then
        if isGone(base) then call('SREM', KEYS[2], base) end
        return { 0, 0, '' }
    end
elseif call('HEXISTS', metaKey, 'paused') == 0 then
    return 'the queue is not paused; pause it first'
end
if ARGV[4] ~= '1' and call('LLEN', activeKey) > 0 then
    return 'jobs of the queue are active; wait for them, or force it'
end
local removed = 0
for _, place in ipairs({
    { activeKey, true }, { delayedKey, false }, { completedKey, false }, { waitKey, true }, { pausedKey, true },
    { prioritizedKey, false }, { failedKey, false }, { childrenKey, false },
}) do
    local ids = first(place[1], place[2], limit - removed)
    for _, id in ipairs(ids) do call('DEL', lockKey(id)) end
    removeFrom(place[1], place[2], ids)
    removed = removed + #ids
end
if removed >= limit then return { removed, 1, '' } end
-- Jobs that another client removed are waited for yet.
local cursor, told = '0', 0
repeat
    local page = call('HSCAN', sharedKeyOf(base), cursor, 'COUNT', integer(limit))
    for index = 1, #page[2], 2 do
        local item = told < limit and endOf(base .. page[2][index], page[2][index + 1])
        if item then
            tellEndOf(item)
            told = told + 1 + item.parents
        end
    end
    cursor = page[1]
until cursor == '0' or told >= limit
if told >= limit then return { removed, 1, '' } end
local groups = groupsAt(base)
for _, name in ipairs(call('ZRANGE', groups.names, 0, -1)) do
    local group = groupAt(groups, name)
    call('DEL', group.waiting, group.running, group.rule, group.rate)
end
call('DEL', groups.ring, groups.resting, groups.names, groups.turns)
for _, id in ipairs(call('ZRANGE', repeatKey, 0, -1)) do call('DEL', schedulerKey(id)) end
for _, id in ipairs(call('ZRANGE', pausedSchedulersKey, 0, -1)) do call('DEL', pausedSchedulerKey(id)) end
call('DEL', eventsKey, stalledKey, checkKey, idKey, pcKey, markerKey, metaKey, completedMetricsKey, failedMetricsKey,
    completedMetricsKey .. ':data', failedMetricsKey .. ':data', limiterKey, slicesKey, repeatKey, leasesKey,
    pausedSchedulersKey, moveKey, sharedKeyOf(base))
call('SREM', KEYS[2], base)
call('SREM', sharedQueuesOf(base), base)
return { removed, 0, '' }
