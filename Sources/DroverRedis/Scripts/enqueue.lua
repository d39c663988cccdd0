-- Stores new jobs, in order, each by itself (docs/store-contract.md, enqueue; PROTOCOL 10.1 to 10.3).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), then each job: its id or empty, name, data, options, priority, how it enters
--       (empty: now; `l`: now, before all others; `a` and ms: after that span; `t` and ms: at that instant;
--       `f` and ms: the same, before all others when the instant has passed). How a job enters that has a deduplication is
--       parted by tabs: `d` and its ttl in ms or 0, `e` `r` `k` for what of extend, replace and keepLastIfActive it says,
--       how it enters, the deduplication id (PROTOCOL 10.4). Before all of it, of a job with a group: `g`, the number of the
--       group's bytes, a colon and the group.
-- Reply: for each job its id behind `+` (added) or `=` (there was one), `~` and the id of the job that stands for it, or `!`
--        and the maximum length (no room for it).
-- Where a key of the queue holds something else the script writes nothing: what it is going to write it reads first, each
-- key with a command of its type. O(jobs), each O(log jobs), and the parents of one that another client removed.
--#include keys time base marks places
local queuesKey = KEYS[2]
local paused, concurrency, most
paused, concurrency, keptEvents, most = unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'opts.maxLenEvents',
    'drover:maxLength'))
local isNew = not keptEvents
local count = (#ARGV - 1) / 6
local known, others, isWaiting, isPrioritized, isDelayed = {}, 0, false, false, false
-- What is the same as another job, and how, for the few that say so.
local rules
-- The groups of the few that have one.
local groups
-- Ids of jobs that several waited for, and that another client removed: it knew of the first that waited alone.
local leftovers
for index = 1, count do
    local at = index * 6 - 4
    local id, priority, entry = ARGV[at], ARGV[at + 4], ARGV[at + 5]
    if id ~= '' then
        local found = call('EXISTS', base .. id, base .. id .. ':dependents')
        known[id] = found > 0 and call('EXISTS', base .. id) == 1
        if found > 0 and not known[id] then
            leftovers = leftovers or {}
            leftovers[id] = true
        end
        others = others + 1
    end
    -- A job for an instant that has passed enters at once.
    local kind = string.byte(entry)
    if kind == 103 then
        local length, from = string.match(entry, '^g(%d+):()')
        local stop = from + tonumber(length)
        groups = groups or {}
        groups[index] = length ~= '0' and string.sub(entry, from, stop - 1) or nil
        entry = string.sub(entry, stop)
        ARGV[at + 5] = entry
        kind = string.byte(entry)
    end
    if kind == 100 then
        local ttl, words, plain, same = string.match(entry, '^d(%d+)\t(%a*)\t([^\t]*)\t(.*)$')
        rules = rules or {}
        rules[index] = {
            id = same, ttl = tonumber(ttl), extends = string.find(words, 'e') and true,
            replaces = string.find(words, 'r') and true, keeps = string.find(words, 'k') and true,
            isInstant = plain ~= '' and string.byte(plain) ~= 97,
        }
        ARGV[at + 5] = plain
        kind = string.byte(plain)
    end
    if kind and kind ~= 108 then isDelayed = true end
    if kind ~= 97 then
        if priority == '0' then isWaiting = true else isPrioritized = true end
    end
end
if isWaiting then call('LLEN', waitKey) end
if isPrioritized then
    call('ZCARD', prioritizedKey)
    call('GET', pcKey)
end
if isDelayed then call('ZCARD', delayedKey) end
call('ZCARD', markerKey)
if concurrency then call('LLEN', activeKey) end
if isNew then call('SCARD', queuesKey) end

-- The jobs for which a bounded queue has no room: those behind the first that fit. One that is there needs none.
local full, room
most = tonumber(most)
if most then
    --#include keys-more
    room = most - call('LLEN', waitKey) - call('LLEN', pausedKey) - call('ZCARD', prioritizedKey)
        - call('ZCARD', delayedKey) - call('ZCOUNT', childrenKey, '-inf', '(0')
end
if most and not rules then
    local enters, isNeeded = {}, false
    full = {}
    for index = 1, count do
        local id = ARGV[index * 6 - 4]
        if known[id] or enters[id] then
            isNeeded = true
        elseif room > 0 then
            room, isNeeded = room - 1, true
            if id ~= '' then enters[id] = true end
        else
            full[index] = '!' .. integer(most)
        end
    end
    if not isNeeded then return full end
    room = nil
end
local standing, replace, hold, keep, tellLeft
if groups or rules or leftovers then
    --#include groups
    for _, name in pairs(groups or {}) do readGroup(groupsAt(base), name) end
end
if rules then
    --#include keys-more parents removal deduplicating
    for _, rule in pairs(rules) do readHold(rule) end
end
if leftovers then
    --#include keys-more parents ends
    for id in pairs(leftovers) do leftovers[id] = leftoverOf(base .. id) end
    tellLeft = tellLeftover
end
local counter = call('INCRBY', idKey, count) - count
local function takeBack()
    if counter == 0 then call('DEL', idKey) else call('INCRBY', idKey, -count) end
end

-- A client that checks no ids may have stored a job under a number: generated ids pass over such.
local taken = 0
if others < count then
    local generated = {}
    for index = 1, count do
        if ARGV[index * 6 - 4] == '' then generated[#generated + 1] = base .. integer(counter + index) end
    end
    for first = 1, #generated, 4000 do
        taken = taken + call('EXISTS', unpack(generated, first, math.min(first + 3999, #generated)))
    end
    if taken > 0 then takeBack() end
end

-- The stream alone is written unread: where it is none, the counter is as before, and nothing else has been written yet.
local function emitFirst(...)
    if pcall(emit, ...) then return end
    if taken == 0 then takeBack() end
    -- Once more, so that the server answers with its own error.
    emit(...)
end

local tell, reply, back, front = emitFirst, {}, {}, {}
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
    if full and full[index] then
        reply[index] = full[index]
    elseif known[id] then
        tell('duplicated', 'jobId', id)
        reply[index] = '=' .. id
    else
        local rule, holder, old = rules and rules[index], nil, nil
        if rule then holder, old = standing(rule) end
        local due
        local span = tonumber(string.sub(entry, 2))
        if span then due = string.byte(entry) == 97 and now + span or span end
        if holder then
            keep(tell, rule, holder, id, name, ARGV[at + 2], ARGV[at + 3], due)
            reply[index] = '~' .. holder
        elseif room and room < 1 and not old then
            reply[index] = '!' .. integer(most)
        else
            known[id] = true
            if room and not old then room = room - 1 end
            if old then
                replace(tell, rule, old, id)
                tell, known[old] = emit, nil
            end
            local delay = due and due > now and integer(due - now) or '0'
            tell('added', 'jobId', id, 'name', name)
            if leftovers and leftovers[id] then tellLeft(leftovers[id]) end
            call('HSET', base .. id, 'name', name, 'data', ARGV[at + 2], 'opts', ARGV[at + 3], 'timestamp', nowText,
                'delay', delay, 'priority', ARGV[at + 4])
            if rule then hold(rule, old, id) end
            local group = groups and groups[index]
            if group then call('HSET', base .. id, 'grp', group) end
            if delay ~= '0' then
                pushDelayed(id, due)
                emit('delayed', 'jobId', id, 'delay', integer(due))
            else
                if group then
                    local isFirst = entry == 'l' or string.byte(entry) == 102
                    enterGroup(groupsAt(base), group, id, tonumber(ARGV[at + 4]), isFirst and ARGV[at + 4] == '0')
                    hasPushed = true
                elseif ARGV[at + 4] ~= '0' then
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
    if hasTrimmed then tell = emit end
end
if #back > 0 then callAll('LPUSH', waitKey, back) end
if #front > 0 then callAll('RPUSH', waitKey, front) end
hasPushed = hasPushed or #back + #front > 0
mark(paused, concurrency)
if isNew then call('SADD', queuesKey, base) end
return reply
