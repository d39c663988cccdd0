-- Jobs as they are shown: in the place of the field `dps` stand those that wait for the job beside the first, each on a line
-- of its own behind the word of its policy.
local function showDependents(job, hash)
    for field = 1, #hash, 2 do
        if hash[field] == 'dps' then
            -- A claim has written already: a key that holds something else must not stop it.
            local list = redis.pcall('LRANGE', job .. ':dependents', 0, -1)
            hash[field + 1] = list.err and '' or table.concat(list, '\n')
        end
    end
end

local function hashOf(job)
    local hash = call('HGETALL', job)
    showDependents(job, hash)
    return hash
end
