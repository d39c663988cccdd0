-- Entering wait, prioritized and delayed (PROTOCOL 7, 9.1 to 9.3). Markers are set once, by `mark`, at the end.
local hasPushed, hasDelayed = false, false

-- A priority's score: its jobs by entry, their counter within 32 bits (PROTOCOL 7.1).
local function priorityScore(priority)
    return integer(priority * 4294967296 + call('INCR', pcKey) % 4294967296)
end

local function pushBack(id, priority)
    if priority == 0 then
        call('LPUSH', waitKey, id)
    else
        call('ZADD', prioritizedKey, priorityScore(priority), id)
    end
    hasPushed = true
end

local function pushFront(id, priority)
    if priority == 0 then
        call('RPUSH', waitKey, id)
    else
        call('ZADD', prioritizedKey, integer(priority * 4294967296), id)
    end
    hasPushed = true
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

-- Wakes who waits: for jobs that can be claimed unless the queue hands out none, and for the earliest delayed one.
local function mark(paused, concurrency)
    if hasPushed and not paused and not (concurrency and call('LLEN', activeKey) >= tonumber(concurrency)) then
        call('ZADD', markerKey, 0, '0')
    end
    if hasDelayed then
        local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
        if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
    end
end
