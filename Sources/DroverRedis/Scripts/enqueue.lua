-- Stores new jobs, in order, each by itself (docs/store-contract.md, enqueue; PROTOCOL 10.1 to 10.3).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), then each job: its id or empty, name, data, options, priority, how it enters
--       (empty: now; `l`: now, before all others; `a` and ms: after that span; `t` and ms: at that instant;
--       `f` and ms: the same, before all others when the instant has passed).
-- Reply: for each job its id behind `+` (added) or `=` (there was one).
-- Reads everything that it will write before its first write. O(jobs), each O(log jobs).
--#include keys time base marks places
local queuesKey = KEYS[2]
call('EXISTS', waitKey, prioritizedKey, pcKey, delayedKey, markerKey, eventsKey, idKey, queuesKey)
local paused, concurrency
paused, concurrency, keptEvents = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents'))
local count = (#ARGV - 1) / 6
local counter = tonumber(call('GET', idKey)) or 0
local known, generated = {}, {}
for index = 1, count do
    local id = ARGV[index * 6 - 4]
    if id ~= '' then
        known[id] = call('EXISTS', base .. id) == 1
    else
        generated[#generated + 1] = base .. integer(counter + index)
    end
end
-- A client that checks no ids may have stored a job under a number: generated ids pass over such.
local taken = 0
for first = 1, #generated, 4000 do
    taken = taken + call('EXISTS', unpack(generated, first, math.min(first + 3999, #generated)))
end
if not keptEvents then call('SADD', queuesKey, base) end
if taken == 0 then call('INCRBY', idKey, count) end

local reply, back, front = {}, {}, {}
for index = 1, count do
    local at = index * 6 - 4
    local id, name, entry = ARGV[at], ARGV[at + 1], ARGV[at + 5]
    if taken == 0 then
        if id == '' then id = integer(counter + index) end
    else
        local number = integer(call('INCR', idKey))
        if id == '' then
            while call('EXISTS', base .. number) == 1 do number = integer(call('INCR', idKey)) end
            id = number
        end
    end
    if known[id] then
        emit('duplicated', 'jobId', id)
        reply[index] = '=' .. id
    else
        known[id] = true
        local due
        local span = tonumber(string.sub(entry, 2))
        if span then due = string.byte(entry) == 97 and now + span or span end
        local delay = due and due > now and integer(due - now) or '0'
        call('HSET', base .. id, 'name', name, 'data', ARGV[at + 2], 'opts', ARGV[at + 3], 'timestamp', nowText,
            'delay', delay, 'priority', ARGV[at + 4])
        emit('added', 'jobId', id, 'name', name)
        if delay ~= '0' then
            pushDelayed(id, due)
            emit('delayed', 'jobId', id, 'delay', integer(due))
        else
            if ARGV[at + 4] ~= '0' then
                pushBack(id, tonumber(ARGV[at + 4]))
            elseif entry == 'l' or string.byte(entry) == 102 then
                front[#front + 1] = id
            else
                back[#back + 1] = id
            end
            emit('waiting', 'jobId', id)
        end
        reply[index] = '+' .. id
    end
end
if #back > 0 then callAll('LPUSH', waitKey, back) end
if #front > 0 then callAll('RPUSH', waitKey, front) end
hasPushed = hasPushed or #back + #front > 0
mark(paused, concurrency)
return reply
