-- The list or the sorted set of the jobs in each state.
local keyOf = {
    waiting = waitKey, active = activeKey, prioritized = prioritizedKey, delayed = delayedKey,
    ['waiting-children'] = childrenKey, grouped = childrenKey, completed = completedKey, failed = failedKey,
}

-- The scores of the states that share a sorted set.
local scoresOf = { grouped = { '-inf', '(0' }, ['waiting-children'] = { '0', '+inf' } }

-- Where a job stands, by the place that has its id (PROTOCOL 18). A job that is in no other place waits: the list of
-- waiting jobs is long and is not searched for it.
local function stateOf(id)
    if call('ZSCORE', completedKey, id) then return 'completed' end
    if call('ZSCORE', failedKey, id) then return 'failed' end
    if call('ZSCORE', delayedKey, id) then return 'delayed' end
    if call('ZSCORE', prioritizedKey, id) then return 'prioritized' end
    if call('LPOS', activeKey, id) then return 'active' end
    local score = call('ZSCORE', childrenKey, id)
    if score then return tonumber(score) < 0 and 'grouped' or 'waiting-children' end
    return 'waiting'
end

-- Takes an id out of the place of its state, and says BullMQ's name for it.
local function takeOut(id, state)
    if state == 'waiting' then
        if call('LREM', waitKey, -1, id) == 1 then return 'wait' end
        return call('LREM', pausedKey, -1, id) == 1 and 'paused' or 'unknown'
    end
    call('ZREM', keyOf[state], id)
    if state == 'grouped' then leaveGroup(groupsAt(base), call('HGET', base .. id, 'grp') or '', id, state) end
    return state
end

-- Whether a job is the one by which a scheduler goes on (PROTOCOL 15.6).
local function isPendingIteration(id)
    local scheduler = string.match(id, '^repeat:(.*):%d+$')
    local slot = scheduler and call('ZSCORE', repeatKey, scheduler)
    return slot and iterationID(scheduler, tonumber(slot)) == id
end
