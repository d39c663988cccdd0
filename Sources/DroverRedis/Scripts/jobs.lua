-- Reads jobs by id.
--
-- KEYS: the base of the queue's keys.
-- ARGV: the ids.
-- Reply: for each an empty list when there is none, else its state, its score among the delayed ones or empty, and its
-- hash as a flat list. O(ids, each O(log jobs + active)).
--#include keys keys-more state
local reply = {}
for index, id in ipairs(ARGV) do
    local hash = call('HGETALL', base .. id)
    if #hash == 0 then
        reply[index] = {}
    else
        local state = stateOf(id)
        reply[index] = { state, state == 'delayed' and call('ZSCORE', delayedKey, id) or '', hash }
    end
end
return reply
