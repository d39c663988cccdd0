-- Counts one more finished job, in points of a minute (PROTOCOL 11.4).
local function countFinished(metricsKey, points)
    local before = call('HINCRBY', metricsKey, 'count', 1) - 1
    local since, counted = unpack(call('HMGET', metricsKey, 'prevTS', 'prevCount'))
    if not since then
        call('HSET', metricsKey, 'prevTS', nowText, 'prevCount', '0')
        return
    end
    local minutes = math.min(math.floor(now / 60000) - math.floor((tonumber(since) or 0) / 60000), points)
    if minutes <= 0 then return end
    local list = metricsKey .. ':data'
    call('LPUSH', list, integer(before - (tonumber(counted) or 0)))
    for _ = 2, minutes do call('LPUSH', list, '0') end
    call('LTRIM', list, 0, points - 1)
    call('HSET', metricsKey, 'prevCount', integer(before), 'prevTS', nowText)
end
