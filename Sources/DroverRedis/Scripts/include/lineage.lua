-- Who waits for a job, by what that job says of it (`parents`).

-- The keys of those that wait for a job.
local function parentsOf(job)
    local parents, key, isShared = {}, unpack(call('HMGET', job, 'parentKey', 'dps'))
    if key then parents[1] = key end
    for _, other in ipairs(isShared and dependentsOf(job) or {}) do parents[#parents + 1] = other.parent end
    return parents, key, isShared
end

-- Whether a job still says that it is another one's child: one under the id of a former child is none.
local function isChild(job, parent)
    if call('HGET', job, 'parentKey') == parent then return true end
    for _, key in ipairs(parentsOf(job)) do
        if key == parent then return true end
    end
    return false
end
