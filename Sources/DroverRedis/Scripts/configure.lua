-- Changes a setting of a queue: pauses or resumes it, bounds its length, or lets nobody hold a deduplication id (
-- PROTOCOL 10.4; docs/store-contract.md, configure; PROTOCOL 13.1).
--
-- KEYS: the base of the queue's keys, the set of queues.
-- ARGV: time (tests), `pause`, `resume`, `maxLength` and the maximum length or empty for none, or
--       `forgetDeduplication` and the id.
-- Reply: to the last one how many ids were held; else how many jobs of BullMQ 5's list of paused ones are still to be brought over: call again until 0.
--#include keys keys-more time base marks places
local queuesKey = KEYS[2]
if ARGV[2] == 'forgetDeduplication' then
    local holder = deduplicationKeys(ARGV[3])
    return call('GET', holder) and call('DEL', holder) or 0
end
call('EXISTS', waitKey, markerKey, eventsKey, pausedKey, queuesKey)
keptEvents = call('HGET', metaKey, 'opts.maxLenEvents')
local isNew = not keptEvents
-- Behind all that can fail.
local function register() if isNew then call('SADD', queuesKey, base) end end
if ARGV[2] == 'pause' then
    emit('paused')
    call('HSET', metaKey, 'paused', '1')
    call('DEL', markerKey)
    register()
    return 0
end
if ARGV[2] == 'maxLength' then
    if isNew then
        call('SCARD', queuesKey)
        -- What a queue that has begun always has.
        call('HSET', metaKey, 'opts.maxLenEvents', '10000')
    end
    if ARGV[3] == '' then
        call('HDEL', metaKey, 'drover:maxLength')
    else
        call('HSET', metaKey, 'drover:maxLength', ARGV[3])
    end
    register()
    return 0
end
local isFirst = call('HDEL', metaKey, 'paused') == 1 or call('EXISTS', pausedKey) == 0
local legacy = call('LRANGE', pausedKey, 0, 6999)
if #legacy > 0 then
    callAll('RPUSH', waitKey, legacy)
    call('LTRIM', pausedKey, 7000, -1)
end
if call('EXISTS', waitKey, prioritizedKey) > 0 then
    call('ZADD', markerKey, '0', '0')
else
    hasDelayed = true
    mark()
end
if isFirst then emit('resumed') end
register()
return call('LLEN', pausedKey)
