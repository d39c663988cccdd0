-- Delayed jobs that are due, as `readDue` finds them, become claimable at the back (PROTOCOL 9.8).
-- At most 1,000 in one call, so that a backlog does not hold the server; the next call goes on.
local function readDue()
    local due = call('ZRANGEBYSCORE', delayedKey, 0, integer((now + 1) * 4096 - 1), 'LIMIT', 0, 1000)
    local priorities = {}
    for index, id in ipairs(due) do priorities[index] = call('HGET', base .. id, 'priority') end
    return due, priorities
end

local function promote(due, priorities)
    if #due == 0 then return end
    call('ZREM', delayedKey, unpack(due))
    for index, id in ipairs(due) do
        -- An id whose hash is gone is dropped: handed out it would be a job of nothing (PROTOCOL 22).
        if priorities[index] or call('EXISTS', base .. id) == 1 then
            pushBack(id, tonumber(priorities[index]) or 0)
            emit('waiting', 'jobId', id, 'prev', 'delayed')
            call('HSET', base .. id, 'delay', '0')
        end
    end
end
