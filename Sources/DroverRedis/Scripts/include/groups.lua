-- Groups of jobs (docs/store-contract.md, groups). A job that waits in its group lies in `waiting-children` at a score below
-- zero, where other clients leave it alone, and in the order of its group. It fills the functions that `keys` declares.
--
-- `drover:ring` has the groups that may run by where they stand, `drover:resting` those that may not, though they have jobs,
-- by when they may again and, those whose places are all taken, behind them by when they are looked at, `drover:groups` all of them by name, `drover:turns` the clock and the settings of all groups
-- that have none of their own. Of a group `drover:group-` has the jobs that wait, in order, `drover:running-` those that
-- are active, `drover:rule-` its settings, `drover:rate-` what its rate has counted. All is O(log jobs).
local knownQueues = {}
-- What lies behind all instants in `drover:resting`, and before those of groups whose places are all taken.
local fullScore = 4503599627370496

function groupsAt(other)
    local queue = knownQueues[other]
    if not queue then
        queue = {
            base = other, meta = other .. 'meta', children = other .. 'waiting-children', active = other .. 'active',
            ring = other .. 'drover:ring', resting = other .. 'drover:resting', names = other .. 'drover:groups',
            turns = other .. 'drover:turns', known = {},
        }
        knownQueues[other] = queue
    end
    return queue
end

-- A group by its name. A colon in the name would make a third part of its keys.
function groupAt(queue, name)
    local group = queue.known[name]
    if not group then
        local text = string.gsub(string.gsub(name, '%%', '%%25'), ':', '%%3A')
        group = {
            name = name, waiting = queue.base .. 'drover:group-' .. text, running = queue.base .. 'drover:running-' .. text,
            rule = queue.base .. 'drover:rule-' .. text, rate = queue.base .. 'drover:rate-' .. text,
        }
        queue.known[name] = group
    end
    return group
end

-- Reads all that may be written of a group, once.
function readGroup(queue, name)
    local group = groupAt(queue, name)
    if group.isRead then return group end
    group.isRead = true
    call('EXISTS', queue.meta, queue.children, queue.ring, queue.resting, queue.names, queue.turns, group.waiting,
        group.running, group.rule, group.rate)
    return group
end

function clockOf(queue)
    if not queue.now then
        local at, plain
        at, plain, queue.weight, queue.concurrency, queue.max, queue.per =
            unpack(call('HMGET', queue.turns, 'now', 'plain', 'weight', 'concurrency', 'max', 'per'))
        queue.now, queue.plain = tonumber(at) or 0, tonumber(plain) or 0
    end
    return queue.now
end

function ruleOf(queue, group)
    local rule = group.known
    if not rule then
        clockOf(queue)
        local weight, concurrency, max, per, paused =
            unpack(call('HMGET', group.rule, 'weight', 'concurrency', 'max', 'per', 'paused'))
        rule = {
            weight = tonumber(weight or queue.weight) or 1, concurrency = tonumber(concurrency or queue.concurrency),
            max = tonumber(max or queue.max), per = tonumber(max and per or queue.per), isPaused = paused and true,
            isOwn = (weight or concurrency or max or paused) and true,
        }
        group.known = rule
    end
    return rule
end

-- How far a turn takes a group: TurnClock of DroverCore.
function strideOf(rule) return math.floor(5040 / math.min(math.max(rule.weight, 1), 100)) end

-- At which score a group that has jobs rests; nil where it may run. A place that is left ends the rest of one that is full; it
-- is looked at all the same, by claims that come anyway, as another client may have ended its jobs.
local function restOf(queue, group)
    local rule = ruleOf(queue, group)
    if rule.max then
        local begun, stop = unpack(call('HMGET', group.rate, 'begun', 'end'))
        -- A window that ends later than a span from now is of another rate, or of a clock that was set back.
        local left = stop and tonumber(stop) - now
        if left and left > 0 and left <= rule.per and tonumber(begun) >= rule.max then return tonumber(stop) end
    end
    if rule.concurrency and call('SCARD', group.running) >= rule.concurrency then
        local known = tonumber(call('ZSCORE', queue.resting, group.name))
        return known and known > fullScore and known or fullScore + now + 5000
    end
end

-- A queue without groups, and without settings of such as may come, is one like any other: its jobs go the plain way.
local function unmark(queue)
    if queue.weight or queue.concurrency or queue.max or call('ZCARD', queue.names) > 0 then return end
    queue.isMarked = nil
    call('HDEL', queue.meta, 'drover:groups')
end

-- Lets a group stand where it belongs: among those that may run, or among those that rest, or nowhere. Tells whether it may run
-- and could not before.
function refreshGroup(queue, group)
    local rule, name = ruleOf(queue, group), group.name
    local waiting = call('ZCARD', group.waiting)
    if waiting == 0 or rule.isPaused then
        call('ZREM', queue.ring, name)
        call('ZREM', queue.resting, name)
        if waiting == 0 and not rule.isOwn and call('SCARD', group.running) == 0
            and call('ZREM', queue.names, name) == 1 then
            unmark(queue)
        end
        return false
    end
    local rest = restOf(queue, group)
    if rest then
        call('ZREM', queue.ring, name)
        call('ZADD', queue.resting, integer(rest), name)
        return false
    end
    call('ZREM', queue.resting, name)
    if call('ZSCORE', queue.ring, name) then return false end
    call('ZADD', queue.ring, integer(clockOf(queue) + strideOf(rule)), name)
    return true
end

-- A job waits in its group from now on: behind all of its priority, or before them. Whoever enters it wakes.
function enterGroup(queue, name, id, priority, isFirst)
    local group, low = groupAt(queue, name), priority * 4294967296
    local high, score = '(' .. integer(low + 4294967296), low + 2147483648
    if isFirst then
        local first = call('ZRANGEBYSCORE', group.waiting, integer(low), high, 'WITHSCORES', 'LIMIT', 0, 1)
        if first[1] then score = tonumber(first[2]) - 1 end
    else
        local last = call('ZREVRANGEBYSCORE', group.waiting, high, integer(low), 'WITHSCORES', 'LIMIT', 0, 1)
        if last[1] then score = tonumber(last[2]) + 1 end
    end
    local parked = call('ZREVRANGEBYSCORE', queue.children, '(0', '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
    call('ZADD', queue.children, integer(parked[1] and tonumber(parked[2]) + 1 or -4503599627370496), id)
    call('ZADD', group.waiting, integer(score), id)
    call('ZADD', queue.names, '0', name)
    if not queue.isMarked then
        queue.isMarked = true
        call('HSET', queue.meta, 'drover:groups', '1')
    end
    refreshGroup(queue, group)
end

-- A job that was taken out of the place of its state waits in its group no more, or is no more active. Tells whether the group
-- may run and could not before.
function leaveGroup(queue, name, id, state)
    local group = groupAt(queue, name)
    if state == 'active' then call('SREM', group.running, id) else call('ZREM', group.waiting, id) end
    return refreshGroup(queue, group)
end
