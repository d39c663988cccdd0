-- Making a new job of a stored one, in another queue (docs/store-contract.md, copies). `groups`, `ends` and `telling`
-- come before it.
local openedQueues, leftovers = {}, {}

-- The keys of a queue and what is known of it, once: with all that a new job of this id may write read, each key with a
-- command of its type.
local function openQueue(other, id, group)
    local queue = openedQueues[other]
    if not queue then
        queue = queueOf(other .. 'x')
        queue.base, queue.id = other, other .. 'id'
        queue.kept = call('HGET', queue.meta, 'opts.maxLenEvents')
        call('LLEN', queue.wait)
        call('LLEN', queue.active)
        call('ZCARD', queue.prioritized)
        call('ZCARD', queue.children)
        call('ZCARD', queue.marker)
        call('GET', queue.pc)
        call('GET', queue.id)
        call('XRANGE', queue.events, '0-1', '0-1')
        if not queue.kept then call('SCARD', KEYS[#KEYS]) end
        openedQueues[other] = queue
    end
    call('HLEN', other .. id)
    leftovers[other .. id] = leftoverOf(other .. id)
    if group then readGroup(groupsAt(other), group) end
    return queue
end

-- Stores a job with the name and the payload of the job `source`, and enqueues it, unless there is one of its id.
local function copyJob(source, queue, id, options, priority, group, isFirst)
    local job = queue.base .. id
    local name, data = unpack(call('HMGET', source, 'name', 'data'))
    call('INCR', queue.id)
    if call('EXISTS', job) == 1 then
        tellIn(queue, 'duplicated', 'jobId', id)
        return
    end
    tellIn(queue, 'added', 'jobId', id, 'name', name or '')
    if leftovers[job] then tellLeftover(leftovers[job]) end
    leftovers[job] = nil
    call('HSET', job, 'name', name or '', 'data', data or '{}', 'opts', options, 'timestamp', nowText, 'delay', '0',
        'priority', priority)
    if group then call('HSET', job, 'grp', group) end
    enterIn(queue, id, tonumber(priority), isFirst, group)
    tellIn(queue, 'waiting', 'jobId', id)
    markOf(queue)
end
