-- A job that holds a deduplication has ended: the hold ends with it unless it runs on by time, and the job that was
-- postponed until now, if there is one, is stored and enqueued (PROTOCOL 9.15 and 10.4, REQUEUE).
local function endDeduplication(id, deduplication)
    local holder, postponed = deduplicationKeys(deduplication)
    local remaining = call('PTTL', holder)
    if remaining == 0 or (remaining == -1 and call('GET', holder) == id) then call('DEL', holder) end

    local name, data, opts, chosen, parentKey, parent, pending, scheduler, start =
        unpack(call('HMGET', postponed, 'name', 'data', 'opts', 'jid', 'pk', 'pd', 'pdk', 'rjk', 'at'))
    if not opts then return end
    local number = integer(call('INCR', idKey))
    local newID = chosen or number
    local job, options = base .. newID, decode(opts)
    local rule = type(options.de) == 'table' and options.de or {}
    -- A job for an instant, which only Drover stores: to others it has the delay that it had when it came.
    local due = tonumber(start) or now + (tonumber(options.delay) or 0)
    local delay, priority = math.max(due - now, 0), tonumber(options.priority) or 0
    -- Somebody has stored another job under its id meanwhile, which stays as it is.
    if call('EXISTS', job) == 1 then
        call('DEL', postponed)
        emit('duplicated', 'jobId', newID)
        return
    end
    local lifetime = not rule.keepLastIfActive and tonumber(rule.ttl) or 0
    if lifetime > 0 then
        call('SET', holder, newID, 'PX', integer(lifetime))
    else
        call('SET', holder, newID)
    end
    call('HSET', job, 'name', name or '', 'data', data or '{}', 'opts', opts, 'timestamp', nowText,
        'delay', integer(delay), 'priority', integer(priority), 'deid', deduplication)
    if parentKey then call('HSET', job, 'parentKey', parentKey) end
    if parent then call('HSET', job, 'parent', parent) end
    if scheduler then call('HSET', job, 'rjk', scheduler) end
    emit('added', 'jobId', newID, 'name', name or '')
    enter(newID, priority, options.lifo, due, options)
    if pending then call('SADD', pending, job) end
    call('DEL', postponed)
end
