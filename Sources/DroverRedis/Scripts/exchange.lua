-- Settles ended attempts, then claims jobs, as one unit (docs/store-contract.md, exchange; PROTOCOL 9.8 to 9.10, 11.1
-- to 11.5, 12.1 to 12.3).
--
-- KEYS: the base of the queue's keys, the key under which this exchange, or the last one of its lane, is remembered, and,
--       where a letter is to be stored, the set of queues.
-- ARGV: time (tests), token, lease in ms, claim limit (0 for none, -1 when nothing is to be settled either), worker,
--       points of metrics (0 for none), behind which may stand the worker's rate: jobs and ms; the exchange's number in its
--       lane (empty for one that stands alone),
--       number of rules, then each rule: count, age in ms (empty where it has none);
--       number of settlements, then those, in runs of the same outcome, token and rule:
--         outcome, token, number of the rule or 0, how many, then of each its id and what the outcome has:
--         c result · k result, the key under which it is kept, ms · f reason keep trace exhausted · d as f, then the base of
--         the keys of the dead-letter queue, the letter's id, options, priority, group or empty, 1 when it goes before all
--         others · x · r delay reason keep trace · s delay · b · w · l ms
--       (`keep` is -1 where there is no trace).
-- Reply: statuses (s settled, l lease lost), paused 0/1, ms until there may be a job to claim or -1, the time or, when it is a
--        repetition, empty; then each claimed job: id, which attempt it is or, in a repetition, ms of its lease that
--        remain, and its hash as a flat list: as it was before the claim, or, in a repetition, as it is.
-- Reads what it will write before its first write, but for what it only meets on the way: jobs beyond those at the end of
-- `wait`, and jobs that rules remove. O(settlements + claims), each O(log jobs); where locks are gone, or in a repetition, each
-- O(active).
-- This is the hot path: what only some calls need is made only there, functions included; numbers are turned into text
-- once.
--#include keys time base leases
local memoryKey = KEYS[2]
local token, limit, points = ARGV[2], tonumber(ARGV[4]), tonumber(ARGV[6])
local paused, concurrency, max, duration, isSliding, holdEnd, hasGroups
paused, concurrency, max, duration, keptEvents, isSliding, holdEnd, hasGroups = unpack(call('HMGET', metaKey, 'paused',
    'concurrency', 'max', 'duration', 'opts.maxLenEvents', 'drover:sliding', 'drover:heldUntil', 'drover:groups'))
concurrency, max, holdEnd = tonumber(concurrency), tonumber(max), tonumber(holdEnd) or 0
if not points then
    local most, per
    points, most, per = string.match(ARGV[6], '^(%d+) (%d+) (%d+)$')
    points = tonumber(points)
    -- The queue's own rate goes first, its span with it.
    if not max then max, duration, isSliding = tonumber(most), per, nil end
end
local reply = { '', paused and 1 or 0, -1, nowText }

-- When the next delayed job is due, or nil.
local function nextDue()
    local score = call('ZRANGE', delayedKey, '0', '0', 'WITHSCORES')[2]
    return score and math.floor(tonumber(score) / 4096)
end

-- What is to be settled, and who holds it.
local at = 9 + 2 * tonumber(ARGV[8])
local count = tonumber(ARGV[at])
local rules, runs, ids, jobs, places, locks, holders = {}, {}, {}, {}, {}, {}, nil
local memory
if count == 0 then
    memory = call('GET', memoryKey)
else
    for index = 1, tonumber(ARGV[8]) do
        rules[index] = { count = tonumber(ARGV[7 + 2 * index]), age = tonumber(ARGV[8 + 2 * index]) }
    end
    at = at + 1
    local index = 0
    while index < count do
        local outcome, size, width = ARGV[at], tonumber(ARGV[at + 3]), 1
        if outcome == 'c' or outcome == 's' or outcome == 'l' then
            width = 2
        elseif outcome == 'f' or outcome == 'r' then
            width = 5
        elseif outcome == 'k' then
            width = 4
        elseif outcome == 'd' then
            width = 11
        end
        local run = { outcome = outcome, token = ARGV[at + 1], rule = rules[tonumber(ARGV[at + 2])] }
        at = at + 4
        for _ = 1, size do
            index = index + 1
            local id = ARGV[at]
            local job = base .. id
            runs[index], ids[index], jobs[index], places[index], locks[index] = run, id, job, at + 1, job .. ':lock'
            at = at + width
        end
    end
    if count < 2000 then
        holders = call('MGET', memoryKey, unpack(locks))
        memory = table.remove(holders, 1)
    else
        memory, holders = call('GET', memoryKey), {}
        for first = 1, count, 2000 do
            for offset, holder in ipairs(call('MGET', unpack(locks, first, math.min(first + 1999, count)))) do
                holders[first + offset - 1] = holder
            end
        end
    end
end

-- 0. The same exchange again.
--#include repeating

-- What will be written is read first, so that a script that may not write everything writes nothing.
local due, priorities
local earliest = limit >= 0 and nextDue()
if earliest and earliest <= now then
    due = call('ZRANGEBYSCORE', delayedKey, '0', integer((now + 1) * 4096 - 1), 'LIMIT', '0', '1000')
    priorities = {}
    for index, id in ipairs(due) do priorities[index] = call('HMGET', base .. id, 'priority', 'grp') end
end
-- The oldest jobs of `wait`, the next one last, and of each its key, hash and lock's key in the same places.
local ready, readyJobs, readyHashes, future, isForeign = {}, {}, {}, {}, false
if limit > 0 and not paused then
    ready = call('LRANGE', waitKey, '-' .. math.min(limit, 2000), '-1')
    for index = 1, #ready do
        local job = base .. ready[index]
        local hash = call('HGETALL', job)
        readyJobs[index], readyHashes[index], future[index] = job, hash, job .. ':lock'
        -- One that only another client can have put here; a new job has twelve, and no group.
        if #hash ~= 12 and not hasGroups then
            for field = 1, #hash, 2 do
                if hash[field] == 'grp' then isForeign = true end
            end
        end
    end
end
call('EXISTS', waitKey, activeKey, prioritizedKey, pcKey, completedKey, failedKey, markerKey, eventsKey, leasesKey,
    limiterKey, unpack(future))
local hashes, isPlain, isStalled = {}, points == 0 and not due and not hasGroups and not isForeign, false
-- A sliding window is one of the span that it was set for: where another client has set another, the window is fixed.
if isSliding ~= duration then isSliding = nil end
if isSliding then call('EXISTS', slicesKey) end
if count > 0 then
    -- A hash of nine fields has those that adding and claiming always write, and none beside them.
    local rare, bare = { stalledKey }, { false, false, false, false }
    for index = 1, count do
        local job, run = jobs[index], runs[index]
        local hash
        if run.outcome == 'c' then
            hash = call('HLEN', job) == 9 and bare
                or call('HMGET', job, 'atm', 'parentKey', 'deid', 'defa', 'priority', 'cnl', 'ats', 'grp', 'dps')
            local size, rule = #rare, run.rule
            rare[size + 1], rare[size + 2] = job .. ':dependencies', job .. ':unsuccessful'
            if hash[2] or hash[3] or hash[4] or hash[8] or hash[9] or rule and (rule.count or rule.age) then isPlain = false end
        else
            hash = call('HMGET', job, 'atm', 'parentKey', 'deid', 'defa', 'priority', 'cnl', 'ats', 'grp', 'dps')
            isPlain = false
        end
        hashes[index] = hash
    end
    local found = 0
    for first = 1, #rare, 2000 do
        found = found + call('EXISTS', unpack(rare, first, math.min(first + 1999, #rare)))
    end
    if found > 0 then
        isStalled = call('EXISTS', stalledKey) == 1
        if found > 1 or not isStalled then isPlain = false end
    end
end

-- Usually jobs only complete, and nobody waits for them. What all else needs is made here, and not for the usual ones.
local completed, failed = {}, {}
local finished = 0
local settle, promoteOnce, endSettling, wake
-- Of a queue that has groups: what hands out jobs by turns, and parks one that another client took from its group.
local wakeRested, takeByTurns, park, nextRest, hasParked
local fetched = {}
if not isPlain then
    for index, id in ipairs(ready) do fetched[id] = readyHashes[index] end
    --#include keys-more groups marks places due parents ends telling copying removal entering deduplication metrics failure settling
    call('EXISTS', idKey, childrenKey, completedMetricsKey, failedMetricsKey)
    for index = 1, count do
        local hash = hashes[index]
        if hash[2] or hash[9] then readParents(jobs[index], hash[2], hash[9]) end
        if hash[3] then call('EXISTS', deduplicationKeys(hash[3])) end
        if runs[index].outcome == 'k' then call('GET', ARGV[places[index] + 1]) end
        if runs[index].outcome == 'd' then
            local at = places[index]
            openQueue(ARGV[at + 4], ARGV[at + 5], ARGV[at + 8] ~= '' and ARGV[at + 8])
        end
    end
    for index = 1, due and #due or 0 do
        if priorities[index][2] then readGroup(groupsAt(base), priorities[index][2]) end
    end
    for index = 1, count do
        if hashes[index][8] then readGroup(groupsAt(base), hashes[index][8]) end
    end
    if limit >= 0 and not paused then
        --#include turns
    end
    wake = mark
end

-- 1. Settle, in order.
if count > 0 then
    -- Whose outcome is taken: the holder of the lock; or, where the lock is gone, of the present attempt's lease.
    local isOwn, owned, own = {}, 0, {}
    for index = 1, count do
        local id, holder, mine = ids[index], holders[index], runs[index].token
        if holder then
            isOwn[index] = holder == mine
        else
            local lease = call('HGET', leasesKey, id)
            local start = leaseStart(call('HGET', jobs[index], 'ats'), mine)
            isOwn[index] = lease and string.sub(lease, 1, #start) == start
        end
        if isOwn[index] and not own[id] then own[id], owned = true, owned + 1 end
    end
    -- Usually they are the ones that were claimed first, and lie together at the list's end.
    local areLast = owned == count and count > 2
    if areLast then
        for _, id in ipairs(call('LRANGE', activeKey, -count, '-1')) do
            if own[id] then owned, own[id] = owned - 1, nil else areLast = false end
        end
        areLast = areLast and owned == 0
        if areLast then call('LTRIM', activeKey, '0', -1 - count) end
    end
    local statuses, ended, endedLocks = {}, {}, {}
    for index = 1, count do
        local id = ids[index]
        if isOwn[index] and (areLast or call('LREM', activeKey, '-1', id) == 1) then
            statuses[index] = 's'
            local size = #ended + 1
            ended[size], endedLocks[size] = id, locks[index]
            if isPlain then
                -- What `finish` does for such a job. Events of the hot path are written out, without `emit` in between.
                local made, result = hashes[index][1], ARGV[places[index]]
                call('HSET', jobs[index], 'atm', made and integer((tonumber(made) or 0) + 1) or '1', 'returnvalue', result,
                    'finishedOn', nowText)
                if hasTrimmed then
                    call('XADD', eventsKey, eventID, 'event', 'completed', 'jobId', id, 'returnvalue', result, 'prev', 'active')
                else
                    emit('completed', 'jobId', id, 'returnvalue', result, 'prev', 'active')
                end
                completed[2 * size - 1], completed[2 * size] = nowText, id
                finished = finished + 1
            else
                fetched[id] = nil
                settle(id, hashes[index], runs[index], places[index])
            end
        else
            statuses[index] = 'l'
        end
    end
    reply[1] = table.concat(statuses)
    if #ended > 0 then
        callAll('HDEL', leasesKey, ended)
        for first = 1, #ended, 4000 do call('DEL', unpack(endedLocks, first, math.min(first + 3999, #ended))) end
        if isStalled then callAll('SREM', stalledKey, ended) end
    end
    if #completed > 0 then callAll('ZADD', completedKey, completed) end
    if #failed > 0 then callAll('ZADD', failedKey, failed) end
end

-- 2. Retain. 3. Promote.
if not isPlain then
    endSettling()
    promoteOnce()
    -- The first grouped job of a queue may have become ready just now.
    hasGroups = hasGroups or groupsAt(base).isMarked
end

-- 4. Claim, within the queue's concurrency and rate.
local wanted, wait = paused and 0 or limit, nil
if wakeRested and limit > 0 then wakeRested() end
local rateLeft, begin
if limit > 0 and not paused and (concurrency or max or holdEnd > now) then
    --#include limits
    if holdEnd > now then wanted = 0 end
    if concurrency then wanted = math.max(math.min(wanted, concurrency - call('LLEN', activeKey)), 0) end
    if max then
        rateLeft = leftByRate
        wanted = math.min(wanted, (rateLeft()))
    end
end
local claimed, leases, mayBeMore, isMoved = {}, {}, false, false
local worker, lease = ARGV[5], ARGV[3]
-- The few whose hash is shown with more than it has, and their keys.
local special
local leaseEnd = leaseStart('', token) .. integer(now + tonumber(lease))
--#include handing
if plainWanted > 0 then
    mayBeMore = true
    local source, step = waitKey, 1
    -- Others are taken in the place of ids that were dropped; how often, is bounded.
    for _ = 1, 10 do
        local open, candidates, size, known = plainWanted - #claimed, nil, nil, nil
        if source == prioritizedKey then
            candidates, step = call('ZPOPMIN', prioritizedKey, open), 2
            size = #candidates
            if size == 0 then
                call('DEL', pcKey)
                mayBeMore = false
                break
            end
        elseif isPlain and #ready > 0 then
            -- Nothing was put into `wait` or taken out since it was read: the next one lies last.
            size = math.min(open, #ready)
            -- A server whose memory is full refuses RPOPLPUSH as the first write of a script, and not the other way.
            if open == 1 and readyHashes[#ready][1] and type(redis.pcall('RPOPLPUSH', waitKey, activeKey)) == 'string' then
                isMoved = true
            else
                call('LTRIM', waitKey, '0', -1 - size)
            end
            if size < math.min(open, 2000) then source = prioritizedKey end
            candidates, known, ready = ready, #ready + 1, {}
        else
            candidates = call('RPOP', waitKey, open) or {}
            size = #candidates
            if size < open then source = prioritizedKey end
        end
        for index = 1, size, step do
            local id, job, lock, hash
            if known then
                local place = known - index
                id, job, lock, hash = candidates[place], readyJobs[place], future[place], readyHashes[place]
            else
                id = candidates[index]
                job, lock = base .. id, lockKey(id)
                hash = fetched[id] or call('HGETALL', job)
            end
            -- An id without a hash is dropped: handed out it would be a job of nothing (PROTOCOL 22).
            if hash[1] then
                local attempt, failure, group, opts, isShared = 1, nil, nil, hash[6], false
                -- What adding writes and nothing else is a job's hash before its first attempt.
                if #hash ~= 12 or hash[1] ~= 'name' or hash[3] ~= 'data' or hash[5] ~= 'opts' or hash[7] ~= 'timestamp'
                    or hash[9] ~= 'delay' or hash[11] ~= 'priority' then
                    for field = 1, #hash, 2 do
                        local name = hash[field]
                        if name == 'ats' then
                            attempt = (tonumber(hash[field + 1]) or 0) + 1
                        elseif name == 'defa' then
                            failure = true
                        elseif name == 'cnl' then
                            -- The request was for an earlier attempt; attempts may be counted anew.
                            call('HDEL', job, 'cnl')
                        elseif name == 'opts' then
                            opts = hash[field + 1]
                        elseif name == 'grp' and park then
                            group = hash[field + 1]
                        elseif name == 'dps' then
                            isShared = true
                        end
                    end
                end
                if group then
                    -- Another client has put it here: it waits for the turn of its group.
                    park(id, group, call('HGET', job, 'priority'))
                else
                    if max and not failure then begin() end
                    local attemptText = attempt == 1 and '1' or integer(attempt)
                    call('SET', lock, token, 'PX', lease)
                    if turns then
                        -- It is told below, in its turn.
                    elseif hasTrimmed then
                        call('XADD', eventsKey, eventID, 'event', 'active', 'jobId', id, 'prev', 'waiting')
                    else
                        emit('active', 'jobId', id, 'prev', 'waiting')
                    end
                    call('HSET', job, 'processedOn', nowText, 'ats', attemptText, 'pb', worker)
                    local size = #claimed
                    claimed[size + 1] = id
                    leases[2 * size + 1], leases[2 * size + 2] = id, attemptText .. leaseEnd
                    if isShared or opts and string.find(opts, '"resultCache":', 1, true) then
                        special = special or {}
                        special[#special + 1] = { job, hash }
                    end
                    local last = 3 * size + 4
                    reply[last + 1], reply[last + 2], reply[last + 3] = id, attempt, hash
                end
            end
        end
        if #claimed >= plainWanted then break end
    end
end
-- Where ids were dropped or parked, their turns are had by the others of the next claim.
isCut = isCut or #claimed < plainWanted
    and (mayBeMore or (turns or hasParked) and call('EXISTS', base .. 'drover:ring') == 1)
-- The jobs of groups come between the others in the order of their turns.
if turns then
    local plain, rest, size, place = claimed, {}, 4, 0
    for index = 5, #reply do rest[index - 4] = reply[index] end
    claimed = {}
    for _, id in ipairs(turns) do
        local attempt, hash
        if id then
            attempt, hash = handed[id][1], handed[id][2]
            leases[#leases + 1], leases[#leases + 2] = id, integer(attempt) .. leaseEnd
        elseif place < #plain then
            place = place + 1
            id, attempt, hash = plain[place], rest[3 * place - 1], rest[3 * place]
        end
        if id then
            emit('active', 'jobId', id, 'prev', 'waiting')
            claimed[#claimed + 1] = id
            reply[size + 1], reply[size + 2], reply[size + 3] = id, attempt, hash
            size = size + 3
        end
    end
end
if special then
    --#include record cached
    for _, item in ipairs(special) do
        showDependents(item[1], item[2])
        addCached(item[2])
    end
end
if wanted > 0 then
    if #claimed > 0 then
        if not isMoved then callAll('LPUSH', activeKey, claimed) end
        callAll('HSET', leasesKey, leases)
        -- So that one worker that was woken wakes the next (PROTOCOL 9.9).
        call('ZADD', markerKey, '0', '0')
    end
end
if wake then wake(paused, concurrency) end

-- 5. Drained.
if finished > 0 and #claimed == 0 and call('EXISTS', waitKey, activeKey, prioritizedKey) == 0
    and (not hasGroups or call('ZCOUNT', base .. 'waiting-children', '-inf', '(0') == 0) then
    emit('drained')
end

-- 6. How long there is nothing to do; and what a repetition of this exchange is told.
if limit > 0 and #claimed < limit then
    if not isPlain then earliest = nextDue() end
    local rest = nextRest and nextRest()
    if rest then earliest = math.min(earliest or rest, rest) end
    if not paused and holdEnd > now then
        wait = holdEnd - now
    elseif rateLeft then
        local left, remaining = rateLeft()
        if left == 0 then wait = remaining end
    end
    reply[3] = wait or earliest and math.max(earliest - now, 0) or -1
    -- So many ids were dropped that the jobs behind them were not reached.
    if isCut then reply[3] = 0 end
    -- No marker tells that another's job has left a place: it is looked for soon.
    if concurrency and not paused and call('LLEN', activeKey) >= concurrency and (reply[3] < 0 or reply[3] > 5000) then
        reply[3] = 5000
    end
end
-- A place that was left is told, as who comes to a full queue sets no marker.
if concurrency and #claimed == 0 and not paused and string.find(reply[1], 's', 1, true)
    and call('LLEN', activeKey) < concurrency
    and (call('EXISTS', waitKey, prioritizedKey) > 0 or nextRest and call('EXISTS', base .. 'drover:ring') > 0) then
    call('ZADD', markerKey, '0', '0')
end
if #claimed > 0 or string.find(reply[1], 's', 1, true) then
    local period = limit > 0 and ARGV[3] or '30000'
    local line = ARGV[7] .. '\n' .. integer(now + tonumber(period)) .. '\n' .. (count > 0 and reply[1] or '-')
    if #claimed > 0 then line = line .. '\n' .. table.concat(claimed, '\n') end
    call('SET', memoryKey, line, 'PX', period)
end
return reply
