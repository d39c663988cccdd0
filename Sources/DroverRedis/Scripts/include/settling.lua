-- How attempts end that do more than complete their job, and how jobs complete that others wait for. Only exchange.lua
-- includes it, where it has met such an attempt; it uses what that script has before it, and fills its functions.
-- `hash`: atm, parentKey, deid, defa, priority, cnl, ats, grp, dps.
local finishedAs = { completed = 0, failed = 0 }
-- The rules by which to remove, each once for its outcome, and which those are.
local retained, known = {}, { completed = {}, failed = {} }

-- Ends a job for good; says how many attempts it has made.
local function finish(id, hash, target, value, rule, ...)
    local job, made = base .. id, integer((tonumber(hash[1]) or 0) + 1)
    if hash[3] then endDeduplication(id, hash[3]) end
    local parent, isShared = hash[2], hash[9]
    if parent or isShared then
        if target == 'completed' then
            tellCompleted(job, parent, isShared, value)
        else
            tellFailed(job, parent, call('HGET', job, 'parent'), isShared, value)
        end
        -- What was read ahead of a parent may not hold any more.
        fetched = {}
    end
    finished = finished + 1
    finishedAs[target] = finishedAs[target] + 1
    local field = target == 'completed' and 'returnvalue' or 'failedReason'
    if rule and rule.count == 0 then
        deleteJob(id, false)
    else
        call('HSET', job, 'atm', made, field, value, 'finishedOn', nowText, ...)
        if hash[4] then call('HDEL', job, 'defa') end
        local list = target == 'completed' and completed or failed
        local size = #list
        list[size + 1], list[size + 2] = nowText, id
        if rule and (rule.count or rule.age) and not known[target][rule] then
            known[target][rule] = true
            retained[#retained + 1] = { key = target == 'completed' and completedKey or failedKey, rule = rule }
        end
    end
    emit(target, 'jobId', id, field, value, 'prev', 'active')
    return made
end

local function traces(id, operand)
    local keep = tonumber(ARGV[operand])
    if keep < 0 then return end
    return 'stacktrace', appendTrace(call('HGET', base .. id, 'stacktrace'), ARGV[operand + 1], keep)
end

local function enter(id, hash, delay, push)
    -- Of an attempt that ends otherwise, a request to cancel stays as a failure that the next holder delivers.
    if hash[6] and hash[6] == hash[7] then call('HSET', base .. id, 'defa', 'cancelled') end
    if delay > 0 then
        pushDelayed(id, now + delay)
        emit('delayed', 'jobId', id, 'delay', integer(now + delay))
    else
        -- Due jobs come before one that is put to the back in the same call (PROTOCOL 12.1).
        if push ~= pushFront then promoteOnce() end
        push(id, tonumber(hash[5]) or 0, hash[8])
        emit('waiting', 'jobId', id, 'prev', 'active')
    end
end

-- Lets the queue hand out nothing for a time. BullMQ's workers that know a rate heed its own way (PROTOCOL 16).
local function holdQueue(span)
    holdEnd = math.max(holdEnd, now + span)
    if holdEnd <= now then return end
    call('HSET', metaKey, 'drover:heldUntil', integer(holdEnd))
    call('SET', limiterKey, '9007199254740991', 'PX', integer(holdEnd - now))
end

local function complete(id, hash, result, rule)
    -- A parent that ends too early fails, with the texts that BullMQ's worker gives it (PROTOCOL 11.7).
    if call('SCARD', base .. id .. ':dependencies') > 0 then
        finish(id, hash, 'failed', 'Job ' .. id .. ' has pending dependencies. moveToFinished')
    elseif call('EXISTS', base .. id .. ':unsuccessful') == 1 then
        finish(id, hash, 'failed',
            'Cannot complete job ' .. id .. ' because it has at least one failed child. moveToFinished')
    else
        finish(id, hash, 'completed', result, rule)
        return true
    end
end

-- A job is to run again when its children are done: at once where there is none to wait for (PROTOCOL 12.4).
local function await(id, hash)
    local job = base .. id
    if call('EXISTS', job .. ':unsuccessful') == 1 then
        finish(id, hash, 'failed',
            'Cannot complete job ' .. id .. ' because it has at least one failed child. moveToWaitingChildren')
    elseif hash[6] and hash[6] == hash[7] or call('SCARD', job .. ':dependencies') == 0 then
        enter(id, hash, 0, pushFront)
    else
        call('HSET', job, 'delay', '0')
        call('ZADD', childrenKey, nowText, id)
        emit('waiting-children', 'jobId', id, 'prev', 'active')
    end
end

-- Ends an attempt; what its outcome has are the arguments from `operand` on.
function settle(id, hash, run, operand)
    local outcome = run.outcome
    -- A place that was left is told.
    if hash[8] and leaveGroup(groupsAt(base), hash[8], id, 'active') then hasPushed = true end
    if outcome == 'c' then
        complete(id, hash, ARGV[operand], run.rule)
    elseif outcome == 'k' then
        if complete(id, hash, ARGV[operand], run.rule) then
            local ends = integer(now + tonumber(ARGV[operand + 2]))
            call('SET', ARGV[operand + 1], nowText .. '\n' .. ends .. '\n' .. ARGV[operand], 'PX', ARGV[operand + 2])
        end
    elseif outcome == 'f' or outcome == 'd' then
        local letter = outcome == 'd' and ARGV[operand + 5]
        if letter then
            -- Before the job may go, and before its parent hears of it.
            local group = ARGV[operand + 8] ~= '' and ARGV[operand + 8]
            copyJob(base .. id, openQueue(ARGV[operand + 4], letter, group), letter, ARGV[operand + 6],
                ARGV[operand + 7], group, ARGV[operand + 9] == '1')
        end
        local made = finish(id, hash, 'failed', ARGV[operand], run.rule, traces(id, operand + 1))
        if ARGV[operand + 3] == '1' then emit('retries-exhausted', 'jobId', id, 'attemptsMade', made) end
        if letter then
            local queue = string.match(ARGV[operand + 4], '([^:]*):$')
            emit('dead-lettered', 'jobId', id, 'deadLetterQueue', queue, 'deadLetterJobId', letter)
        end
    elseif outcome == 'x' then
        finish(id, hash, 'failed', 'cancelled', run.rule)
    elseif outcome == 'r' then
        call('HSET', base .. id, 'atm', integer((tonumber(hash[1]) or 0) + 1), 'failedReason', ARGV[operand + 1],
            'delay', ARGV[operand], traces(id, operand + 2))
        enter(id, hash, tonumber(ARGV[operand]), pushAgain)
    elseif outcome == 's' then
        if ARGV[operand] ~= '0' then call('HSET', base .. id, 'delay', ARGV[operand]) end
        enter(id, hash, tonumber(ARGV[operand]), pushBack)
    elseif outcome == 'w' then
        await(id, hash)
    else
        enter(id, hash, 0, pushFront)
        if outcome == 'l' then holdQueue(tonumber(ARGV[operand])) end
    end
end

-- What is left to do when all are settled: a failure that was delivered is over, the finished ones are counted, and the
-- rules kept.
function endSettling()
    for index = 2, #failed, 2 do call('HDEL', base .. failed[index], 'defa') end
    if points > 0 then
        for _ = 1, finishedAs.completed do countFinished(completedMetricsKey, points) end
        for _ = 1, finishedAs.failed do countFinished(failedMetricsKey, points) end
    end
    local budget = 1000
    for _, item in ipairs(retained) do
        budget = budget - retain(item.key, item.rule.count, item.rule.age, budget)
    end
end
