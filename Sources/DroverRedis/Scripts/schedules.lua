-- Lists schedules of a queue, by slot, then id.
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), `all`, `ids` or `overdue`, `ascending` or `descending`, limit, cursor, then the ids.
--       A cursor is a slot and an id, parted by a space, and empty at the beginning.
-- Reply: the next cursor or empty at the end, then for each schedule: id, slot, 1 when it is paused, its hash as a flat list.
-- O(limit), for overdue ones O(schedules whose slot has come).
--#include keys keys-more time
local part, isAscending, limit, cursor = ARGV[2], ARGV[3] == 'ascending', tonumber(ARGV[4]), ARGV[5]
local lastSlot, lastID = string.match(cursor, '^(%-?%d+) (.*)$')
lastSlot = tonumber(lastSlot)

local function isBehind(slot, id)
    if not lastSlot then return true end
    if isAscending then return slot > lastSlot or slot == lastSlot and id > lastID end
    return slot < lastSlot or slot == lastSlot and id < lastID
end

-- Entries of a set in order, from the cursor on: as many as a page has, and one set's share of it.
local function from(key, bound, isPaused, fits, found)
    local command, start = 'ZREVRANGEBYSCORE', lastSlot and integer(lastSlot) or '+inf'
    if isAscending then command, start = 'ZRANGEBYSCORE', lastSlot and integer(lastSlot) or '-inf' end
    local offset, taken = 0, 0
    while taken < limit do
        local entries = call(command, key, start, bound, 'WITHSCORES', 'LIMIT', offset, limit)
        for index = 1, #entries, 2 do
            local id, slot = entries[index], tonumber(entries[index + 1])
            if taken < limit and isBehind(slot, id) then
                local hash = call('HGETALL', isPaused and pausedSchedulerKey(id) or schedulerKey(id))
                if fits(id, slot, hash) then
                    found[#found + 1] = { id, slot, isPaused and '1' or '0', hash }
                    taken = taken + 1
                end
            end
        end
        if #entries < limit * 2 then return end
        offset = offset + limit
    end
end

local function valueOf(hash, field)
    for index = 1, #hash, 2 do
        if hash[index] == field then return hash[index + 1] end
    end
    return nil
end

-- What BullMQ 5 stored there has no number of jobs (PROTOCOL 20.3).
local function isScheduler(_, _, hash) return valueOf(hash, 'ic') end

local function isOverdue(id, slot, hash)
    if not valueOf(hash, 'ic') or tonumber(valueOf(hash, 'ended')) == slot then return false end
    local job = iterationID(id, slot)
    if call('EXISTS', base .. job) == 0 then return true end
    return call('ZSCORE', completedKey, job) or call('ZSCORE', failedKey, job)
end

local found = {}
if part == 'overdue' then
    from(repeatKey, isAscending and nowText or '-inf', false, isOverdue, found)
elseif part == 'all' then
    from(repeatKey, isAscending and '+inf' or '-inf', false, isScheduler, found)
    from(pausedSchedulersKey, isAscending and '+inf' or '-inf', true, isScheduler, found)
else
    for index = 6, #ARGV do
        local id = ARGV[index]
        local slot, isPaused = call('ZSCORE', repeatKey, id), '0'
        if not slot then slot, isPaused = call('ZSCORE', pausedSchedulersKey, id), '1' end
        if slot and isBehind(tonumber(slot), id) then
            local hash = call('HGETALL', isPaused == '1' and pausedSchedulerKey(id) or schedulerKey(id))
            if isScheduler(id, slot, hash) then found[#found + 1] = { id, tonumber(slot), isPaused, hash } end
        end
    end
end
table.sort(found, function(left, right)
    if not isAscending then left, right = right, left end
    return left[2] < right[2] or left[2] == right[2] and left[1] < right[1]
end)
local reply = { '' }
for index = 1, math.min(#found, limit) do
    local entry = found[index]
    for place = 1, 4 do reply[#reply + 1] = place == 2 and integer(entry[2]) or entry[place] end
    if index == limit then reply[1] = integer(entry[2]) .. ' ' .. entry[1] end
end
return reply
