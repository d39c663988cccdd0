-- Whose turn it is among the groups of a queue and the jobs without one (TurnClock of DroverCore). Only exchange.lua includes it,
-- whose functions it fills.

-- Looks again at groups whose rest is over, `names`. Where one has all its places taken, some of the jobs that take them are
-- looked for among the active ones: another client may have ended them.
local function wakeGroups(queue, names)
    for _, name in ipairs(names) do
        local group = groupAt(queue, name)
        local most = ruleOf(queue, group).concurrency
        if most and call('SCARD', group.running) >= most then
            for _, id in ipairs(call('SRANDMEMBER', group.running, 10)) do
                if not call('LPOS', queue.active, id) then call('SREM', group.running, id) end
            end
        end
        call('ZREM', queue.resting, name)
        refreshGroup(queue, group)
    end
end

-- Counts a job of a group that begins.
local function beginInGroup(group, rule)
    local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
    if not stop or tonumber(stop) <= now or tonumber(stop) - now > rule.per then
        begun, stop = 0, integer(now + rule.per)
        -- Later than needed: what counts is told by the time alone.
        call('HSET', group.rate, 'end', stop)
        call('PEXPIRE', group.rate, integer(2 * rule.per + 60000))
    end
    call('HSET', group.rate, 'begun', integer((tonumber(begun) or 0) + 1))
end

-- Who has the next turns: for each `false`, a job without a group, of which there are so many, or the id of a job that `hand` has
-- handed out. Nil where no group may run; and whether there may be more.
local function takeTurns(queue, wanted, plains, hand)
    if call('ZCARD', queue.ring) == 0 then return end
    clockOf(queue)
    local picks, isCut = {}, true
    for _ = 1, wanted + 50 do
        local head = #picks < wanted and call('ZRANGE', queue.ring, 0, 0, 'WITHSCORES') or {}
        if not head[1] then
            while #picks < wanted and plains > 0 do
                picks[#picks + 1], plains = false, plains - 1
            end
            isCut = false
            break
        end
        local turn, first = tonumber(head[2]), math.max(queue.plain, queue.now)
        local group = readGroup(queue, head[1])
        local rule = ruleOf(queue, group)
        if (rule.max or rule.concurrency) and restOf(queue, group) then
            -- It came to stand here before a setting of all groups was changed.
            refreshGroup(queue, group)
        elseif plains > 0 and first <= turn then
            queue.now, queue.plain, plains = first, first + 5040, plains - 1
            picks[#picks + 1] = false
        else
            local id = call('ZPOPMIN', group.waiting)[1]
            -- One that another client has taken away is dropped: it is gone, or waits for its children, or in another group.
            local score = id and call('ZSCORE', queue.children, id)
            local hash, name = score and tonumber(score) < 0 and call('HGETALL', queue.base .. id) or {}, nil
            for field = 1, #hash, 2 do
                if hash[field] == 'grp' then name = hash[field + 1] end
            end
            if score and tonumber(score) < 0 and (name == group.name or not hash[1]) then
                call('ZREM', queue.children, id)
            else
                hash = {}
            end
            if hash[1] then
                queue.now = turn
                call('ZADD', queue.ring, integer(turn + strideOf(rule)), group.name)
                call('SADD', group.running, id)
                local mustFail = hand(id, hash)
                if rule.max and not mustFail then beginInGroup(group, rule) end
                picks[#picks + 1] = id
            end
            refreshGroup(queue, group)
        end
    end
    call('HSET', queue.turns, 'now', integer(queue.now), 'plain', integer(queue.plain))
    return picks, isCut
end

local groups, rested = groupsAt(base), {}
if hasGroups then
    rested = call('ZRANGEBYSCORE', groups.resting, '-inf', nowText, 'LIMIT', 0, 50)
    local full, most = integer(fullScore), integer(fullScore + now)
    for _, name in ipairs(call('ZRANGEBYSCORE', groups.resting, full, most, 'LIMIT', 0, 10)) do
        rested[#rested + 1] = name
    end
    for _, name in ipairs(rested) do readGroup(groups, name) end
    for _, name in ipairs(call('ZRANGE', groups.ring, 0, limit)) do readGroup(groups, name) end
end
function wakeRested() wakeGroups(groups, rested) end
function takeByTurns(wanted, hand)
    if not hasGroups then return end
    return takeTurns(groups, wanted, call('LLEN', waitKey) + call('ZCARD', prioritizedKey), hand)
end
function nextRest()
    local rest = hasGroups and tonumber(call('ZRANGE', groups.resting, 0, 0, 'WITHSCORES')[2])
    return rest and rest < fullScore and rest
end
function park(id, name, priority)
    hasParked = true
    call('SREM', groupAt(groups, name).running, id)
    pushFront(id, tonumber(priority) or 0, name)
end
