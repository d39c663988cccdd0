-- Settles ended attempts, then claims jobs, as one unit (docs/store-contract.md, exchange; PROTOCOL 9.8 to 9.10, 11.1
-- to 11.5, 12.1 to 12.3).
--
-- KEYS: KeySpace.queueKeys, then the key under which this exchange is remembered.
-- ARGV: time (tests), token, lease in ms, claim limit (0 for none), worker, points of metrics (0 for none),
--       number of rules, then each rule: count, age in ms (empty where it has none);
--       number of settlements, then each: id, token, outcome and what that has:
--         c result rule · f reason rule keep trace exhausted · x rule · r delay reason keep trace · s delay · b
--       (`keep` is -1 where there is no trace).
-- Reply: statuses (s settled, l lease lost), paused 0/1, ms until the next delayed job or -1, then each claimed job:
--        id, ms of its lease that remain, its hash as a flat list.
-- Reads everything that it will write before its first write. O(settlements + claims), each O(log jobs).
--#include keys base places due parents removal deduplication metrics leases failure
local memoryKey = KEYS[23]
local token, lease, limit, worker, points = ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
local paused, concurrency, max, duration
paused, concurrency, max, duration, keptEvents =
    unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'max', 'duration', 'opts.maxLenEvents'))
local reply = { '', paused and 1 or 0, -1 }

local function earliestDelayed()
    local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
    return earliest[1] and math.max(math.floor(tonumber(earliest[2]) / 4096) - now, 0) or -1
end

-- 0. The same exchange again: what it said before, and those of its leases that are still held (rule 2).
local memory = call('GET', memoryKey)
if memory then
    local lines = {}
    for line in string.gmatch(memory, '[^\n]+') do lines[#lines + 1] = line end
    if now < tonumber(lines[1]) then
        reply[1] = lines[2] == '-' and '' or lines[2]
        for index = 3, #lines do
            local id = lines[index]
            local hash = call('HGETALL', base .. id)
            local attempt
            for field = 1, #hash, 2 do
                if hash[field] == 'ats' then attempt = hash[field + 1] end
            end
            if isHeld(id, attempt, token) then
                local expiry = tonumber(call('ZSCORE', leasesKey, member(attempt, token, id)))
                reply[#reply + 1] = id
                reply[#reply + 1] = math.max(expiry - now, 0)
                reply[#reply + 1] = hash
            end
        end
        if limit > (#reply - 3) / 3 then reply[3] = earliestDelayed() end
        return reply
    end
end

-- What will be written is read first, so that a script that may not write everything writes nothing.
call('EXISTS', waitKey, activeKey, prioritizedKey, pcKey, completedKey, failedKey, markerKey, eventsKey, stalledKey)
local rules, at = {}, 8
for index = 1, tonumber(ARGV[7]) do
    rules[index] = { count = tonumber(ARGV[at]), age = tonumber(ARGV[at + 1]) }
    at = at + 2
end
local count = tonumber(ARGV[at])
at = at + 1
local operands = { c = 2, f = 5, x = 1, r = 4, s = 1, b = 0 }
local ids, tokens, outcomes, places, hashes, locks, members = {}, {}, {}, {}, {}, {}, {}
for index = 1, count do
    local id, outcome = ARGV[at], ARGV[at + 2]
    local hash = call('HMGET', base .. id, 'ats', 'atm', 'priority', 'cnl', 'defa', 'deid', 'parentKey')
    ids[index], tokens[index], outcomes[index], places[index] = id, ARGV[at + 1], outcome, at + 3
    hashes[index], locks[index] = hash, lockKey(id)
    members[index] = member(hash[1], ARGV[at + 1], id)
    at = at + 3 + operands[outcome]
end
local held, holders, unfinished = {}, {}, 0
for first = 1, count, 2000 do
    local last = math.min(first + 1999, count)
    for index, score in ipairs(call('ZMSCORE', leasesKey, unpack(members, first, last))) do
        held[first + index - 1] = score
    end
    for index, holder in ipairs(call('MGET', unpack(locks, first, last))) do holders[first + index - 1] = holder end
    local pending = {}
    for index = first, last do
        if outcomes[index] == 'c' then
            local job = base .. ids[index]
            pending[#pending + 1] = job .. ':dependencies'
            pending[#pending + 1] = job .. ':unsuccessful'
        end
    end
    if #pending > 0 then unfinished = unfinished + call('EXISTS', unpack(pending)) end
end
local due, priorities = {}, {}
if count > 0 or limit > 0 then due, priorities = readDue() end
local fetched = {}
if limit > 0 and not paused then
    local waiting = call('LRANGE', waitKey, -math.min(limit, 2000), -1)
    local future = {}
    for index, id in ipairs(waiting) do
        fetched[id] = call('HGETALL', base .. id)
        future[index] = lockKey(id)
    end
    if #future > 0 then call('EXISTS', unpack(future)) end
end

-- 1. Settle, in order.
local statuses, settled, endedLocks, endedIDs, endedMembers = {}, 0, {}, {}, {}
local kept, finished = { completed = {}, failed = {} }, { completed = 0, failed = 0 }
local function finish(id, hash, target, value, rule, fields)
    local job, made = base .. id, integer((tonumber(hash[2]) or 0) + 1)
    if hash[6] then endDeduplication(id, hash[6]) end
    local parent = hash[7]
    if parent and target == 'completed' then
        childCompleted(job, parent, value)
    elseif parent then
        local text = call('HGET', job, 'parent')
        childFailed(job, parent, text and cjson.decode(text) or {}, value)
    end
    finished[target] = finished[target] + 1
    local field = target == 'completed' and 'returnvalue' or 'failedReason'
    if rule and rule.count == 0 then
        deleteJob(id, false)
    else
        call('HSET', job, 'atm', made, field, value, 'finishedOn', integer(now), unpack(fields))
        if hash[5] then call('HDEL', job, 'defa') end
        local list = kept[target]
        list[#list + 1] = integer(now)
        list[#list + 1] = id
        if rule and (rule.count or rule.age) then kept[#kept + 1] = { target = target, rule = rule } end
    end
    emit(target, 'jobId', id, field, value, 'prev', 'active')
    return made
end
-- Of an attempt that ends otherwise, a request to cancel stays as a failure that the next holder delivers.
local function deferCancellation(id, hash)
    if hash[4] and hash[4] == hash[1] then call('HSET', base .. id, 'defa', 'cancelled') end
end
local function traceField(id, trace, keep)
    if keep < 0 then return end
    return 'stacktrace', appendTrace(call('HGET', base .. id, 'stacktrace'), trace, keep)
end
local settle = {
    c = function(id, hash, at)
        if unfinished > 0 then
            -- A parent that ends too early fails, with the texts that BullMQ's worker gives it (PROTOCOL 11.7).
            local reason
            if call('SCARD', base .. id .. ':dependencies') > 0 then
                reason = 'Job ' .. id .. ' has pending dependencies. moveToFinished'
            elseif call('EXISTS', base .. id .. ':unsuccessful') == 1 then
                reason = 'Cannot complete job ' .. id .. ' because it has at least one failed child. moveToFinished'
            end
            if reason then return finish(id, hash, 'failed', reason, nil, {}) end
        end
        finish(id, hash, 'completed', ARGV[at], rules[tonumber(ARGV[at + 1])], {})
    end,
    f = function(id, hash, at)
        local fields = { traceField(id, ARGV[at + 3], tonumber(ARGV[at + 2])) }
        local made = finish(id, hash, 'failed', ARGV[at], rules[tonumber(ARGV[at + 1])], fields)
        if ARGV[at + 4] == '1' then emit('retries-exhausted', 'jobId', id, 'attemptsMade', made) end
    end,
    x = function(id, hash, at) finish(id, hash, 'failed', 'cancelled', rules[tonumber(ARGV[at])], {}) end,
    r = function(id, hash, at)
        local delay = tonumber(ARGV[at])
        call('HSET', base .. id, 'atm', integer((tonumber(hash[2]) or 0) + 1), 'failedReason', ARGV[at + 1],
            'delay', integer(delay), traceField(id, ARGV[at + 3], tonumber(ARGV[at + 2])))
        deferCancellation(id, hash)
        if delay > 0 then
            pushDelayed(id, now + delay)
            emit('delayed', 'jobId', id, 'delay', integer(now + delay))
        else
            pushBack(id, tonumber(hash[3]) or 0)
            emit('waiting', 'jobId', id, 'prev', 'active')
        end
    end,
    s = function(id, hash, at)
        local delay = tonumber(ARGV[at])
        deferCancellation(id, hash)
        if delay > 0 then
            call('HSET', base .. id, 'delay', integer(delay))
            pushDelayed(id, now + delay)
            emit('delayed', 'jobId', id, 'delay', integer(now + delay))
        else
            pushBack(id, tonumber(hash[3]) or 0)
            emit('waiting', 'jobId', id, 'prev', 'active')
        end
    end,
    b = function(id, hash)
        deferCancellation(id, hash)
        pushFront(id, tonumber(hash[3]) or 0)
        emit('waiting', 'jobId', id, 'prev', 'active')
    end,
}
for index = 1, count do
    local id = ids[index]
    local isOurs = held[index] and (not holders[index] or holders[index] == tokens[index])
    if isOurs and call('LREM', activeKey, -1, id) == 1 then
        settle[outcomes[index]](id, hashes[index], places[index])
        fetched[id] = nil
        statuses[index] = 's'
        settled = settled + 1
        endedLocks[settled], endedIDs[settled] = locks[index], id
    else
        statuses[index] = 'l'
    end
    -- A lease that somebody else has ended is forgotten with the attempt to settle it.
    if held[index] then endedMembers[#endedMembers + 1] = members[index] end
end
reply[1] = table.concat(statuses)
if #endedMembers > 0 then callAll('ZREM', leasesKey, endedMembers) end
if settled > 0 then
    for first = 1, settled, 4000 do call('DEL', unpack(endedLocks, first, math.min(first + 3999, settled))) end
    callAll('SREM', stalledKey, endedIDs)
end
if #kept.completed > 0 then callAll('ZADD', completedKey, kept.completed) end
if #kept.failed > 0 then callAll('ZADD', failedKey, kept.failed) end
if points > 0 then
    for _ = 1, finished.completed do countFinished(completedMetricsKey, points) end
    for _ = 1, finished.failed do countFinished(failedMetricsKey, points) end
end

-- 2. Retain: each rule once, for its outcome.
local budget, done = 1000, {}
for _, item in ipairs(kept) do
    local name = item.target .. ' ' .. (item.rule.count or '') .. ' ' .. (item.rule.age or '')
    if not done[name] then
        done[name] = true
        local setKey = item.target == 'completed' and completedKey or failedKey
        budget = budget - retain(setKey, item.rule.count, item.rule.age, budget)
    end
end

-- 3. Promote.
promote(due, priorities)

-- 4. Claim, within the queue's concurrency and rate.
local wanted, wait = limit, nil
if paused then wanted = 0 end
if wanted > 0 and concurrency then wanted = math.min(wanted, tonumber(concurrency) - call('LLEN', activeKey)) end
if wanted > 0 and max then
    local used = tonumber(call('GET', limiterKey)) or 0
    local remaining = used >= tonumber(max) and call('PTTL', limiterKey) or 0
    if remaining > 0 then
        wanted, wait = 0, remaining
    else
        if used >= tonumber(max) then call('DEL', limiterKey); used = 0 end
        wanted = math.min(wanted, tonumber(max) - used)
    end
end
local claimed, claimedMembers = {}, {}
local function claim(id)
    local job = base .. id
    local hash = fetched[id] or call('HGETALL', job)
    if #hash == 0 then return end
    local attempt, failure
    for field = 1, #hash, 2 do
        if hash[field] == 'ats' then attempt = hash[field + 1] elseif hash[field] == 'defa' then failure = true end
    end
    attempt = integer((tonumber(attempt) or 0) + 1)
    if max and not failure and call('INCR', limiterKey) == 1 then
        call('PEXPIRE', limiterKey, integer(math.floor(math.abs(tonumber(duration) or 1000))))
    end
    call('SET', lockKey(id), token, 'PX', ARGV[3])
    emit('active', 'jobId', id, 'prev', 'waiting')
    call('HSET', job, 'processedOn', integer(now), 'ats', attempt, 'pb', worker)
    local size = #hash
    hash[size + 1], hash[size + 2], hash[size + 3], hash[size + 4] = 'processedOn', integer(now), 'ats', attempt
    hash[size + 5], hash[size + 6] = 'pb', worker
    claimed[#claimed + 1] = id
    claimedMembers[#claimedMembers + 1] = integer(now + lease)
    claimedMembers[#claimedMembers + 1] = member(attempt, token, id)
    reply[#reply + 1] = id
    reply[#reply + 1] = lease
    reply[#reply + 1] = hash
end
-- An id without a hash is dropped and the next is taken; how many, is bounded.
for _ = 1, 10 do
    if #claimed >= wanted then break end
    local ready = call('RPOP', waitKey, wanted - #claimed)
    if not ready then break end
    for _, id in ipairs(ready) do claim(id) end
end
for _ = 1, 10 do
    if #claimed >= wanted then break end
    local ready = call('ZPOPMIN', prioritizedKey, wanted - #claimed)
    for index = 1, #ready, 2 do claim(ready[index]) end
    if #claimed < wanted and call('EXISTS', prioritizedKey) == 0 then
        call('DEL', pcKey)
        break
    end
end
if #claimed > 0 then
    callAll('LPUSH', activeKey, claimed)
    callAll('ZADD', leasesKey, claimedMembers)
    -- So that one worker that was woken wakes the next (PROTOCOL 9.9).
    call('ZADD', markerKey, 0, '0')
end
mark(paused, concurrency)

-- 5. Drained.
if finished.completed + finished.failed > 0 and #claimed == 0 and call('EXISTS', waitKey, activeKey, prioritizedKey) == 0 then
    emit('drained')
end

-- 6. How long there is nothing to do; and what a repetition of this exchange is told.
if limit > 0 and #claimed < limit then
    reply[3] = wait or earliestDelayed()
end
if settled > 0 or #claimed > 0 then
    local period = integer(limit > 0 and lease or 30000)
    local line = integer(now + tonumber(period)) .. '\n' .. (count > 0 and reply[1] or '-')
    if #claimed > 0 then line = line .. '\n' .. table.concat(claimed, '\n') end
    call('SET', memoryKey, line, 'PX', period)
end
return reply
