-- Settles ended attempts, then claims jobs, as one unit (docs/store-contract.md, exchange; PROTOCOL 9.8 to 9.10, 11.1
-- to 11.5, 12.1 to 12.3).
--
-- KEYS: KeySpace.queueKeys, then the key under which this exchange is remembered.
-- ARGV: time (tests), token, lease in ms, claim limit (0 for none, -1 when nothing is to be settled either), worker,
--       points of metrics (0 for none),
--       number of rules, then each rule: count, age in ms (empty where it has none);
--       number of settlements, then each: id, token, outcome and what that has:
--         c result rule · f reason rule keep trace exhausted · x rule · r delay reason keep trace · s delay · b
--       (`keep` is -1 where there is no trace).
-- Reply: statuses (s settled, l lease lost), paused 0/1, ms until the next delayed job or -1, the time or, when it is a
--        repetition, empty; then each claimed job: id, which attempt it is or, in a repetition, ms of its lease that
--        remain, and its hash as a flat list: as it was before the claim, or, in a repetition, as it is.
-- Reads everything that it will write before its first write. O(settlements + claims), each O(log jobs).
-- This is the hot path: what only some calls need is made only there, and numbers are turned into text once.
--#include keys time base marks leases
local memoryKey = KEYS[23]
local token, limit, points = ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[6])
local paused, concurrency, max, duration
paused, concurrency, max, duration, keptEvents =
    unpack(call('HMGET', metaKey, 'paused', 'concurrency', 'max', 'duration', 'opts.maxLenEvents'))
local reply = { '', paused and 1 or 0, -1, nowText }

local function earliestDelayed()
    local earliest = call('ZRANGE', delayedKey, '0', '0', 'WITHSCORES')
    return earliest[1] and math.max(math.floor(tonumber(earliest[2]) / 4096) - now, 0) or -1
end

local at = 8 + 2 * tonumber(ARGV[7])
local count = tonumber(ARGV[at])
local ids, places, hashes, locks, holders
local memory
if count == 0 then
    memory = call('GET', memoryKey)
else
    local operands = { c = 2, f = 5, x = 1, r = 4, s = 1, b = 0 }
    ids, places, locks = {}, {}, {}
    at = at + 1
    for index = 1, count do
        local id = ARGV[at]
        ids[index], places[index], locks[index] = id, at, lockKey(id)
        at = at + 3 + operands[ARGV[at + 2]]
    end
    if count < 2000 then
        holders = call('MGET', memoryKey, unpack(locks))
        memory = table.remove(holders, 1)
    else
        memory, holders = call('GET', memoryKey), {}
        for first = 1, count, 2000 do
            for index, holder in ipairs(call('MGET', unpack(locks, first, math.min(first + 1999, count)))) do
                holders[first + index - 1] = holder
            end
        end
    end
end

-- 0. The same exchange again: what it said before, and those of its leases that are still held (rule 2).
if memory then
    local lines = {}
    for line in string.gmatch(memory, '[^\n]+') do lines[#lines + 1] = line end
    if now < tonumber(lines[1]) then
        reply[1], reply[4] = lines[2] == '-' and '' or lines[2], ''
        for index = 3, #lines do
            local id = lines[index]
            local expiry = heldUntil(id, call('HGET', base .. id, 'ats'), token)
            if expiry then
                local size = #reply
                reply[size + 1], reply[size + 2] = id, math.max(expiry - now, 0)
                reply[size + 3] = call('HGETALL', base .. id)
            end
        end
        if limit > (#reply - 4) / 3 then reply[3] = earliestDelayed() end
        return reply
    end
end

-- What only some exchanges need: jobs that go elsewhere than to the finished ones, parents, retention and the like.
local rest
local function others()
    if rest then return rest end
    --#include places due parents removal deduplication metrics failure
    rest = {
        pushBack = pushBack, pushAgain = pushAgain, pushFront = pushFront, pushDelayed = pushDelayed, promote = promote,
        childCompleted = childCompleted, childFailed = childFailed, deleteJob = deleteJob, retain = retain,
        endDeduplication = endDeduplication, countFinished = countFinished, appendTrace = appendTrace,
    }
    return rest
end

-- What will be written is read first, so that a script that may not write everything writes nothing.
local due, priorities
if limit >= 0 then
    due = call('ZRANGEBYSCORE', delayedKey, '0', integer((now + 1) * 4096 - 1), 'LIMIT', '0', '1000')
    if #due > 0 then
        priorities = {}
        for index, id in ipairs(due) do priorities[index] = call('HGET', base .. id, 'priority') end
    end
end
local fetched, futureLocks, future = {}, {}, {}
if limit > 0 and not paused then
    for index, id in ipairs(call('LRANGE', waitKey, '-' .. math.min(limit, 2000), '-1')) do
        local lock = lockKey(id)
        fetched[id], futureLocks[id], future[index] = call('HGETALL', base .. id), lock, lock
    end
end
call('EXISTS', activeKey, prioritizedKey, pcKey, completedKey, failedKey, markerKey, eventsKey, stalledKey, leasesKey,
    unpack(future))
local rules, unfinished = {}, 0
if count > 0 then
    for index = 1, tonumber(ARGV[7]) do
        rules[index] = { count = tonumber(ARGV[6 + 2 * index]), age = tonumber(ARGV[7 + 2 * index]) }
    end
    hashes = {}
    local pending = {}
    for index = 1, count do
        local job = base .. ids[index]
        if ARGV[places[index] + 2] == 'c' then
            hashes[index] = call('HMGET', job, 'ats', 'atm', 'parentKey', 'deid', 'defa')
            local size = #pending
            pending[size + 1], pending[size + 2] = job .. ':dependencies', job .. ':unsuccessful'
        else
            hashes[index] = call('HMGET', job, 'ats', 'atm', 'parentKey', 'deid', 'defa', 'priority', 'cnl')
        end
    end
    for first = 1, #pending, 2000 do
        unfinished = unfinished + call('EXISTS', unpack(pending, first, math.min(first + 1999, #pending)))
    end
end

local hasPromoted = false
local function promoteOnce()
    if priorities and not hasPromoted then
        hasPromoted = true
        others().promote(due, priorities)
    end
end

-- 1. Settle, in order.
local finished = 0
if count > 0 then
    local kept, keeping, finishedAs = { completed = {}, failed = {} }, {}, { completed = 0, failed = 0 }
    local function finish(id, hash, target, value, rule, ...)
        local job, made = base .. id, integer((tonumber(hash[2]) or 0) + 1)
        if hash[4] then others().endDeduplication(id, hash[4]) end
        local parent = hash[3]
        if parent and target == 'completed' then
            others().childCompleted(job, parent, value)
        elseif parent then
            local text = call('HGET', job, 'parent')
            others().childFailed(job, parent, text and cjson.decode(text) or {}, value)
        end
        finishedAs[target] = finishedAs[target] + 1
        local field = target == 'completed' and 'returnvalue' or 'failedReason'
        if rule and rule.count == 0 then
            others().deleteJob(id, false)
        else
            call('HSET', job, 'atm', made, field, value, 'finishedOn', nowText, ...)
            if hash[5] then call('HDEL', job, 'defa') end
            local list = kept[target]
            local size = #list
            list[size + 1], list[size + 2] = nowText, id
            if rule and (rule.count or rule.age) then keeping[#keeping + 1] = { target = target, rule = rule } end
        end
        emit(target, 'jobId', id, field, value, 'prev', 'active')
        return made
    end
    -- Of an attempt that ends otherwise, a request to cancel stays as a failure that the next holder delivers.
    local function deferCancellation(id, hash)
        if hash[7] and hash[7] == hash[1] then call('HSET', base .. id, 'defa', 'cancelled') end
    end
    local function traces(id, operand)
        local keep = tonumber(ARGV[operand])
        if keep < 0 then return end
        return 'stacktrace', others().appendTrace(call('HGET', base .. id, 'stacktrace'), ARGV[operand + 1], keep)
    end
    local function enter(id, hash, delay, push)
        deferCancellation(id, hash)
        if delay > 0 then
            others().pushDelayed(id, now + delay)
            emit('delayed', 'jobId', id, 'delay', integer(now + delay))
        else
            -- Due jobs come before one that is put to the back in the same call (PROTOCOL 12.1).
            if push ~= 'pushFront' then promoteOnce() end
            others()[push](id, tonumber(hash[6]) or 0)
            emit('waiting', 'jobId', id, 'prev', 'active')
        end
    end
    local function settle(id, hash, outcome, operand)
        if outcome == 'c' then
            local reason
            if unfinished > 0 then
                -- A parent that ends too early fails, with the texts that BullMQ's worker gives it (PROTOCOL 11.7).
                if call('SCARD', base .. id .. ':dependencies') > 0 then
                    reason = 'Job ' .. id .. ' has pending dependencies. moveToFinished'
                elseif call('EXISTS', base .. id .. ':unsuccessful') == 1 then
                    reason = 'Cannot complete job ' .. id .. ' because it has at least one failed child. moveToFinished'
                end
            end
            if reason then
                finish(id, hash, 'failed', reason)
            else
                finish(id, hash, 'completed', ARGV[operand], rules[tonumber(ARGV[operand + 1])])
            end
        elseif outcome == 'f' then
            local rule = rules[tonumber(ARGV[operand + 1])]
            local made = finish(id, hash, 'failed', ARGV[operand], rule, traces(id, operand + 2))
            if ARGV[operand + 4] == '1' then emit('retries-exhausted', 'jobId', id, 'attemptsMade', made) end
        elseif outcome == 'x' then
            finish(id, hash, 'failed', 'cancelled', rules[tonumber(ARGV[operand])])
        elseif outcome == 'r' then
            call('HSET', base .. id, 'atm', integer((tonumber(hash[2]) or 0) + 1), 'failedReason', ARGV[operand + 1],
                'delay', ARGV[operand], traces(id, operand + 2))
            enter(id, hash, tonumber(ARGV[operand]), 'pushAgain')
        elseif outcome == 's' then
            if ARGV[operand] ~= '0' then call('HSET', base .. id, 'delay', ARGV[operand]) end
            enter(id, hash, tonumber(ARGV[operand]), 'pushBack')
        else
            enter(id, hash, 0, 'pushFront')
        end
    end

    -- Whose outcome is taken: the holder of the lock; or, where the lock is gone, of the present attempt's lease.
    local isOwn, owned, own = {}, 0, {}
    for index = 1, count do
        local id, holder, mine = ids[index], holders[index], ARGV[places[index] + 1]
        if holder then
            isOwn[index] = holder == mine
        else
            local lease, start = call('HGET', leasesKey, id), leaseStart(hashes[index][1], mine)
            isOwn[index] = lease and string.sub(lease, 1, #start) == start
        end
        if isOwn[index] and not own[id] then own[id], owned = true, owned + 1 end
    end
    -- Usually they are the ones that were claimed first, and lie together at the list's end.
    local areLast = owned == count and count > 2
    if areLast then
        for _, id in ipairs(call('LRANGE', activeKey, -count, '-1')) do
            if own[id] then owned = owned - 1 else areLast = false end
        end
        areLast = areLast and owned == 0
        if areLast then call('LTRIM', activeKey, '0', -1 - count) end
    end
    local statuses, ended, endedLocks = {}, {}, {}
    for index = 1, count do
        local id = ids[index]
        if isOwn[index] and (areLast or call('LREM', activeKey, '-1', id) == 1) then
            statuses[index] = 's'
            ended[#ended + 1], endedLocks[#endedLocks + 1] = id, locks[index]
            fetched[id] = nil
            settle(id, hashes[index], ARGV[places[index] + 2], places[index] + 3)
        else
            statuses[index] = 'l'
        end
    end
    reply[1] = table.concat(statuses)
    if #ended > 0 then
        callAll('HDEL', leasesKey, ended)
        for first = 1, #ended, 4000 do call('DEL', unpack(endedLocks, first, math.min(first + 3999, #ended))) end
        callAll('SREM', stalledKey, ended)
    end
    if #kept.completed > 0 then callAll('ZADD', completedKey, kept.completed) end
    if #kept.failed > 0 then callAll('ZADD', failedKey, kept.failed) end
    finished = finishedAs.completed + finishedAs.failed
    if points > 0 and finished > 0 then
        for _ = 1, finishedAs.completed do others().countFinished(completedMetricsKey, points) end
        for _ = 1, finishedAs.failed do others().countFinished(failedMetricsKey, points) end
    end

    -- 2. Retain: each rule once for its outcome.
    local budget, done = 1000, {}
    for _, item in ipairs(keeping) do
        local name = item.target .. ' ' .. (item.rule.count or '') .. ' ' .. (item.rule.age or '')
        if not done[name] then
            done[name] = true
            local setKey = item.target == 'completed' and completedKey or failedKey
            budget = budget - others().retain(setKey, item.rule.count, item.rule.age, budget)
        end
    end
end

-- 3. Promote.
promoteOnce()

-- 4. Claim, within the queue's concurrency and rate.
local wanted, wait, isFull = paused and 0 or limit, nil, nil
if wanted > 0 and concurrency then
    local places = tonumber(concurrency) - call('LLEN', activeKey)
    if places < wanted then wanted, isFull = places, true end
end
if wanted > 0 and max then
    local most, used = tonumber(max), tonumber(call('GET', limiterKey)) or 0
    local remaining = used >= most and call('PTTL', limiterKey) or 0
    if remaining > 0 then
        wanted, wait = 0, remaining
    else
        if used >= most then
            call('DEL', limiterKey)
            used = 0
        end
        wanted = math.min(wanted, most - used)
    end
end
local claimed, claimedLeases = {}, {}
if wanted > 0 then
    local worker, lease, expiry = ARGV[5], ARGV[3], integer(now + tonumber(ARGV[3]))
    local function claim(id)
        local job = base .. id
        local hash = fetched[id] or call('HGETALL', job)
        -- An id without a hash is dropped: handed out it would be a job of nothing (PROTOCOL 22).
        if not hash[1] then return end
        local attempt, failure = 1, nil
        for field = 1, #hash, 2 do
            local name = hash[field]
            if name == 'ats' then attempt = tonumber(hash[field + 1]) + 1 elseif name == 'defa' then failure = true end
        end
        if max and not failure and call('INCR', limiterKey) == 1 then
            call('PEXPIRE', limiterKey, integer(math.floor(math.abs(tonumber(duration) or 1000))))
        end
        local attemptText = attempt == 1 and '1' or integer(attempt)
        call('SET', futureLocks[id] or lockKey(id), token, 'PX', lease)
        emit('active', 'jobId', id, 'prev', 'waiting')
        call('HSET', job, 'processedOn', nowText, 'ats', attemptText, 'pb', worker)
        local size = #claimed
        claimed[size + 1] = id
        claimedLeases[2 * size + 1], claimedLeases[2 * size + 2] = id, leaseStart(attemptText, token) .. expiry
        size = 3 * size + 4
        reply[size + 1], reply[size + 2], reply[size + 3] = id, attempt, hash
    end
    -- The next are taken for those that were dropped; how often, is bounded.
    for _ = 1, 10 do
        local ready = call('RPOP', waitKey, wanted - #claimed)
        if not ready then break end
        for _, id in ipairs(ready) do claim(id) end
        if #claimed >= wanted then break end
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
        callAll('HSET', leasesKey, claimedLeases)
        -- So that one worker that was woken wakes the next (PROTOCOL 9.9).
        call('ZADD', markerKey, '0', '0')
    end
end
if hasPushed or hasDelayed then mark(paused, concurrency) end

-- 5. Drained.
if finished > 0 and #claimed == 0 and call('EXISTS', waitKey, activeKey, prioritizedKey) == 0 then emit('drained') end

-- 6. How long there is nothing to do; and what a repetition of this exchange is told.
if limit > 0 and #claimed < limit then
    reply[3] = wait or earliestDelayed()
    -- No marker tells that another's job has left a place: it is looked for soon.
    if isFull and #claimed >= wanted and (reply[3] < 0 or reply[3] > 5000) then reply[3] = 5000 end
end
if #claimed > 0 or string.find(reply[1], 's', 1, true) then
    local period = limit > 0 and ARGV[3] or '30000'
    local line = integer(now + tonumber(period)) .. '\n' .. (count > 0 and reply[1] or '-')
    if #claimed > 0 then line = line .. '\n' .. table.concat(claimed, '\n') end
    call('SET', memoryKey, line, 'PX', period)
end
return reply
