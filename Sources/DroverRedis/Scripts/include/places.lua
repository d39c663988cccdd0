-- Entering wait, prioritized and delayed (PROTOCOL 7, 9.1 to 9.3). What was entered is told by `mark`, at the end.

-- A priority's score: its jobs by entry, their counter within 32 bits (PROTOCOL 7.1).
local function priorityScore(priority)
    return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
end

-- Puts a ready job to the back, of its group where it has one.
local function pushBack(id, priority, group)
    if group then
        enterGroup(groupsAt(base), group, id, priority, false)
    elseif priority == 0 then
        call('LPUSH', waitKey, id)
    else
        call('ZADD', prioritizedKey, priorityScore(priority), id)
    end
    hasPushed = true
end

local function pushFront(id, priority, group)
    if group then
        enterGroup(groupsAt(base), group, id, priority, true)
    elseif priority == 0 then
        call('RPUSH', waitKey, id)
    else
        call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
    end
    hasPushed = true
end

-- A job that is to run again: to the back, or to the front as its options say (PROTOCOL 12.1 and 12.5).
local function pushAgain(id, priority, group)
    if priority == 0 then
        local isObject, options = pcall(cjson.decode, call('HGET', base .. id, 'opts') or '')
        if isObject and type(options) == 'table' and options.lifo == true then return pushFront(id, 0, group) end
    end
    pushBack(id, priority, group)
end

-- One of the 4,096 places of the millisecond, behind those that are taken (PROTOCOL 7.2).
local function pushDelayed(id, due)
    local first, last = due * 4096, due * 4096 + 4095
    local taken = call('ZREVRANGEBYSCORE', delayedKey, integer(last), integer(first), 'WITHSCORES', 'LIMIT', 0, 1)
    local score = first
    if taken[1] then score = math.min(tonumber(taken[2]) + 1, last) end
    call('ZADD', delayedKey, integer(score), id)
    hasDelayed = true
end
