-- Deletes a job's keys; its id has been taken, or is then taken, out of its list or set by the caller (PROTOCOL 9.17).
-- `freesDeduplication`: whether a deduplication that the job holds ends with it. `isSwept`: what `detach` says.
local function deleteJob(id, freesDeduplication, isSwept)
    local job = base .. id
    local parent, deduplication, isShared = unpack(call('HMGET', job, 'parentKey', 'deid', 'dps'))
    if parent or isShared then leaveParents(job, parent, isShared, isSwept) end
    if freesDeduplication then freeDeduplication(id, deduplication) end
    return call('DEL', jobKeys(job))
end

-- Removes finished jobs that a rule does not keep, oldest first, and says how many (PROTOCOL 11.5).
-- `count` and `age` (milliseconds) are nil where the rule has none; `limit` bounds the removals.
local function retain(setKey, count, age, limit)
    local ids = {}
    if age and limit > 0 then
        ids = call('ZRANGEBYSCORE', setKey, '-inf', integer(now - age), 'LIMIT', 0, limit)
    end
    if count and #ids < limit then
        local excess = math.min(call('ZCARD', setKey) - count, limit)
        if excess > #ids then ids = call('ZRANGE', setKey, 0, excess - 1) end
    end
    for _, id in ipairs(ids) do deleteJob(id, false) end
    callAll('ZREM', setKey, ids)
    return #ids
end
