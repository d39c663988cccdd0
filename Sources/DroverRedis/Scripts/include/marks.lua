-- What a script has entered.
local hasPushed, hasDelayed = false, false

-- Wakes who waits: for jobs that can be claimed unless the queue hands out none, and for the earliest delayed one.
local function mark(paused, concurrency)
    local places = tonumber(concurrency)
    if hasPushed and not paused and not (places and call('LLEN', activeKey) >= places) then
        call('ZADD', markerKey, '0', '0')
    end
    if hasDelayed then
        local earliest = call('ZRANGE', delayedKey, 0, 0, 'WITHSCORES')
        if earliest[1] then call('ZADD', markerKey, string.format('%.17g', tonumber(earliest[2]) / 4096), '1') end
    end
end
