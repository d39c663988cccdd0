-- Lists schedules of a queue, by slot, then id.
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), `all`, `ids` or `overdue`, `ascending` or `descending`, limit, cursor, then the ids.
--       A cursor is that of `walk`.
-- Reply: the next cursor or empty at the end, then for each schedule: id, slot, 1 when it is paused, its hash as a flat list.
-- O(limit), for overdue ones O(schedules whose slot has come).
--#include keys keys-more time walk
local part, isAscending, limit, cursor = ARGV[2], ARGV[3] == 'ascending', tonumber(ARGV[4]), ARGV[5]

-- Schedules of a set in order, from the cursor on: as many as a page has.
local function from(key, bound, isPaused, fits, found)
    local taken, visited, place = 0, limit, cursor
    while taken < limit and visited == limit do
        visited, place = walk(key, isAscending, place, bound, limit, function(id, score)
            local slot, hash = tonumber(score), call('HGETALL', isPaused and pausedSchedulerKey(id) or schedulerKey(id))
            if taken < limit and fits(id, slot, hash) then
                found[#found + 1] = { id, slot, isPaused and '1' or '0', hash }
                taken = taken + 1
            end
        end)
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

local isBehind, found = behind(isAscending, cursor), {}
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
        if slot and isBehind(slot, id) then
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
    if index == limit then reply[1] = integer(entry[2]) .. '\t' .. entry[1] end
end
return reply
