-- Reads who holds a deduplication id (PROTOCOL 10.4).
--
-- KEYS: the base of the queue's keys.
-- ARGV: the id.
-- Reply: empty where nobody does; else the id of the holder, how long it still holds it in ms or a negative number when
-- until its end, the id of the job that is kept until then or empty, and of the holder, where there is one, its state, its
-- score and its hash as `jobs` replies them. O(log jobs + active).
--#include keys keys-more state leases holders record
local holderKey, keptKey = deduplicationKeys(ARGV[1])
local id = call('GET', holderKey)
if not id then return {} end
local reply = { id, call('PTTL', holderKey), call('HGET', keptKey, 'jid') or '' }
local hash = hashOf(base .. id)
if #hash > 0 then
    local state, more = stateOf(id), ''
    if state == 'delayed' then
        more = call('ZSCORE', delayedKey, id)
    elseif state == 'active' and isHeldElsewhere(id, call('HGET', base .. id, 'ats')) then
        more = 'elsewhere'
    end
    reply[4], reply[5], reply[6] = state, more, hash
end
return reply
