-- The rate of a queue (docs/store-contract.md, limits; PROTOCOL 9.7, 16). Only exchange.lua includes it, where the queue has a
-- limit. BullMQ's counter goes on beside a sliding window, so that its workers see what Drover's begin.
local span = math.max(math.floor(math.abs(tonumber(duration) or 1000)), 1)
local slice = math.max(math.ceil(span / 100), 1)

-- How many jobs may begin now and, when none may, in how many ms the first.
local function leftByRate()
    if isSliding then
        -- Another client holds the queue by a counter that no rate reaches.
        if (tonumber(call('GET', limiterKey)) or 0) >= 9007199254740991 then
            local held = call('PTTL', limiterKey)
            if held > 0 then return 0, held end
        end
        local begun, first, over, last = 0, nil, {}, math.floor(now / slice) + 1
        local slices = call('HGETALL', slicesKey)
        for index = 1, #slices, 2 do
            local stop = (tonumber(slices[index]) + 1) * slice + span
            -- Slices that are far ahead were counted before the clock was set back.
            if stop > now and tonumber(slices[index]) <= last then
                begun, first = begun + tonumber(slices[index + 1]), math.min(first or stop, stop)
            else
                over[#over + 1] = slices[index]
            end
        end
        if #over > 0 then callAll('HDEL', slicesKey, over) end
        return math.max(max - begun, 0), first and first - now
    end
    local begun = tonumber(call('GET', limiterKey)) or 0
    if begun < max then return max - begun end
    local remaining = call('PTTL', limiterKey)
    if remaining > 0 then return 0, remaining end
    call('DEL', limiterKey)
    return max
end

-- Counts a job that begins.
function begin()
    if call('INCR', limiterKey) == 1 then call('PEXPIRE', limiterKey, integer(span)) end
    if isSliding then
        call('HINCRBY', slicesKey, integer(math.floor(now / slice)), '1')
        -- Later than needed: which slices count is told by the time alone.
        call('PEXPIRE', slicesKey, integer(2 * span + 60000))
    end
end
