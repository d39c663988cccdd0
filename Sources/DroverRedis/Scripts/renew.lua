-- Extends leases by their own duration from now (docs/store-contract.md, renew; PROTOCOL 11.2).
--
-- KEYS: the base of the queue's keys.
-- ARGV: time (tests), then each lease: id, token, duration in ms.
-- Reply: one sign for each: h held, c held and asked to stop, l lost. O(leases); each O(active) whose lock is gone.
--#include keys time base leases holders
local statuses, renewed, ids, count = {}, {}, {}, (#ARGV - 1) / 3
for index = 1, count do
    local id, token = ARGV[index * 3 - 1], ARGV[index * 3]
    local attempt, cancelled = unpack(call('HMGET', base .. id, 'ats', 'cnl'))
    if heldUntil(id, attempt, token) then
        statuses[index] = attempt and cancelled == attempt and 'c' or 'h'
        ids[#ids + 1] = id
        renewed[#renewed + 1] = id
        renewed[#renewed + 1] = leaseStart(attempt, token) .. integer(now + tonumber(ARGV[index * 3 + 1]))
    else
        statuses[index] = 'l'
    end
end
if #ids > 0 then
    -- First, because a server without memory lets a script write on that began with what needs none: if leases were not
    -- renewed there, jobs that run would be taken for stalled.
    callAll('SREM', stalledKey, ids)
    callAll('HSET', leasesKey, renewed)
end
for index = 1, count do
    if statuses[index] ~= 'l' then
        call('SET', lockKey(ARGV[index * 3 - 1]), ARGV[index * 3], 'PX', ARGV[index * 3 + 1])
    end
end
return table.concat(statuses)
