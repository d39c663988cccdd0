-- Delayed jobs that are due become claimable at the back, once in an exchange (PROTOCOL 9.8). They are 1,000 at most in one
-- call, so that a backlog does not hold the server; the next call goes on. Only exchange.lua includes it, whose `due` and
-- `priorities` it uses.
function promoteOnce()
    if not due then return end
    local ids = due
    due = nil
    for index, id in ipairs(ids) do
        -- One that was settled before it may have taken it out: a child wakes its parent. An id whose hash is gone is dropped:
        -- handed out it would be a job of nothing (PROTOCOL 22).
        local priority, group = unpack(priorities[index])
        if call('ZREM', delayedKey, id) == 1 and (priority or call('EXISTS', base .. id) == 1) then
            pushBack(id, tonumber(priority) or 0, group)
            emit('waiting', 'jobId', id, 'prev', 'delayed')
            call('HSET', base .. id, 'delay', '0')
        end
    end
end
