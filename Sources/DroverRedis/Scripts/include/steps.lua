-- What steps of a job's handler have recorded: a field of its hash for each, `step:` and its name, with the time in ms, a blank
-- and the result. Other clients read the fields that they know, and a removal of the hash takes these with it.
local function stepField(name) return 'step:' .. name end

-- Forgets what a job's steps have recorded. O(fields of its hash).
local function forgetSteps(job)
    local hash, fields = call('HGETALL', job), {}
    for index = 1, #hash, 2 do
        if string.sub(hash[index], 1, 5) == 'step:' then fields[#fields + 1] = hash[index] end
    end
    callAll('HDEL', job, fields)
end
