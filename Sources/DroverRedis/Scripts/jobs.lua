-- Reads jobs by id.
--
-- KEYS: the base of the queue's keys.
-- ARGV: the ids.
-- Reply: for each an empty list when there is none, else its state, its score among the delayed ones, `elsewhere` (active,
-- and held by another client) or empty, and its hash as a flat list. O(ids, each O(log jobs + active)).
--#include keys keys-more state leases holders record
local reply = {}
for index, id in ipairs(ARGV) do
    local hash = hashOf(base .. id)
    if #hash == 0 then
        reply[index] = {}
    else
        local state = stateOf(id)
        local more = ''
        if state == 'delayed' then
            more = call('ZSCORE', delayedKey, id)
        elseif state == 'active' and isHeldElsewhere(id, call('HGET', base .. id, 'ats')) then
            more = 'elsewhere'
        end
        reply[index] = { state, more, hash }
    end
end
return reply
